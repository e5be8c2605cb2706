// Formats a directory, unless it is formatted, and runs one real Kafka broker (KRaft, broker and controller in one) in this process.
// Run as: java -cp 'LIBS/*' BrokerMain.java SERVER.PROPERTIES
//
// It ends when its standard input ends, so that a broker never outlives the test that started it, however that test ended.

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

public class BrokerMain {
    public static void main(String[] args) throws Exception {
        Thread watch = new Thread(BrokerMain::endWithParent, "end-with-parent");
        watch.setDaemon(true);
        watch.start();
        Properties properties = new Properties();
        try (InputStream file = new FileInputStream(args[0])) {
            properties.load(file);
        }
        if (!new File(properties.getProperty("log.dirs"), "meta.properties").exists()) {
            String[] format = {"format", "--standalone", "-t", Uuid.randomUuid().toString(), "-c", args[0]};
            int status = StorageTool.execute(format, System.out);
            if (status != 0) {
                Runtime.getRuntime().halt(status);
            }
        }
        Kafka.main(new String[] {args[0]});
    }

    static void endWithParent() {
        try {
            while (System.in.read() >= 0) { }
        } catch (IOException broken) {
            // A broken pipe says the same as its end.
        }
        Runtime.getRuntime().halt(0);
    }
}
