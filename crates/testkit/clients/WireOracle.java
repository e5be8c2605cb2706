import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.Base64;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * Kafka's own classes as a judge of messages: each line of standard input is a message's name, a version and its bytes in
 * base64; the answer is what Kafka writes for what it read, in base64, or "error" and the reason.
 */
public final class WireOracle {
    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        PrintStream out = new PrintStream(System.out, false);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", -1);
            out.println(answer(words[0], Short.parseShort(words[1]), Base64.getDecoder().decode(words[2])));
        }
        out.flush();
    }

    /** Requests, responses and headers have names that end in Data; what is neither is called as it is. */
    private static Class<?> classOf(String name) throws ClassNotFoundException {
        String inPackage = "org.apache.kafka.common.message." + name;
        return Class.forName(name.startsWith("ConsumerProtocol") ? inPackage : inPackage + "Data");
    }

    private static String answer(String name, short version, byte[] bytes) {
        try {
            Message message = (Message) classOf(name).getDeclaredConstructor().newInstance();
            ByteBuffer input = ByteBuffer.wrap(bytes);
            message.read(new ByteBufferAccessor(input), version);
            if (input.hasRemaining()) {
                return "error " + input.remaining() + " bytes are left";
            }
            ObjectSerializationCache cache = new ObjectSerializationCache();
            ByteBuffer output = ByteBuffer.allocate(message.size(cache, version));
            message.write(new ByteBufferAccessor(output), cache, version);
            return Base64.getEncoder().encodeToString(output.array());
        } catch (Exception e) {
            return "error " + e;
        }
    }
}
