// A proxy before the broker that spoils answers. It puts its own address into what brokers say of theirs, so that clients
// stay with it, and leaves all other bytes as they are.

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.RequestHeader;

final class Faults implements AutoCloseable {
    /** What is done about the n-th (from 0) request of that API. */
    interface Plan {
        Fault of(ApiKeys api, int nth);
    }

    enum Fault {
        /** Passed on. */
        NONE,
        /** The broker gets the request; the client loses its connection instead of getting the answer. */
        DROP_ANSWER,
        /** The client loses its connection, and the broker never gets the request. */
        DROP_REQUEST,
        /** The broker gets the first half of the request, and then the end of the connection. */
        CUT_REQUEST,
    }

    private final ServerSocket listener;
    private final String host;
    private final int port;
    private final Plan plan;
    private final boolean classicTransactions;
    private final Map<ApiKeys, AtomicInteger> seen = new ConcurrentHashMap<>();
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    final AtomicInteger faults = new AtomicInteger();
    private volatile boolean armed = true;

    Faults(String bootstrap, Plan plan) throws IOException {
        this(bootstrap, plan, false);
    }

    /** With `classicTransactions` the broker's features are hidden, so that clients fall back to the protocol before KIP-890. */
    Faults(String bootstrap, Plan plan, boolean classicTransactions) throws IOException {
        int colon = bootstrap.lastIndexOf(':');
        host = bootstrap.substring(0, colon);
        port = Integer.parseInt(bootstrap.substring(colon + 1));
        this.plan = plan;
        this.classicTransactions = classicTransactions;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("proxy", this::accept);
    }

    static Faults none(String bootstrap) throws IOException {
        return new Faults(bootstrap, (api, nth) -> Fault.NONE);
    }

    String bootstrap() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** Runs something without faults and without counting. */
    void spared(Suite.Scenario calm, Lab lab) throws Exception {
        armed = false;
        calm.run(lab);
        armed = true;
    }

    /** How many requests of that API came by. */
    int count(ApiKeys api) {
        AtomicInteger count = seen.get(api);
        return count == null ? 0 : count.get();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            Socket broker = new Socket(host, port);
            client.setTcpNoDelay(true);
            broker.setTcpNoDelay(true);
            sockets.add(client);
            sockets.add(broker);
            Queue<Pending> pending = new ConcurrentLinkedQueue<>();
            start("proxy-requests", () -> closing(client, broker, () -> requests(client, broker, pending)));
            start("proxy-answers", () -> closing(client, broker, () -> answers(client, broker, pending)));
        }
    }

    private record Pending(RequestHeader header, Fault fault) { }

    private void requests(Socket client, Socket broker, Queue<Pending> pending) throws IOException {
        DataInputStream in = new DataInputStream(client.getInputStream());
        while (true) {
            byte[] frame = frame(in);
            RequestHeader header = RequestHeader.parse(ByteBuffer.wrap(frame));
            Fault fault = armed ? next(header.apiKey()) : Fault.NONE;
            if (fault != Fault.NONE) {
                faults.incrementAndGet();
            }
            if (fault == Fault.DROP_REQUEST) {
                return;
            }
            if (fault == Fault.CUT_REQUEST) {
                ByteBuffer half = ByteBuffer.allocate(4 + frame.length / 2).putInt(frame.length).put(frame, 0, frame.length / 2);
                broker.getOutputStream().write(half.array());
                return;
            }
            // A producer with acks=0 gets no answer.
            boolean answered = header.apiKey() != ApiKeys.PRODUCE || acks(frame, header) != 0;
            if (answered) {
                pending.add(new Pending(header, fault));
            }
            write(broker.getOutputStream(), frame);
        }
    }

    private Fault next(ApiKeys api) {
        return plan.of(api, seen.computeIfAbsent(api, key -> new AtomicInteger()).getAndIncrement());
    }

    private static int acks(byte[] frame, RequestHeader header) {
        ByteBuffer buffer = ByteBuffer.wrap(frame);
        RequestHeader.parse(buffer);
        var data = new org.apache.kafka.common.message.ProduceRequestData(new ByteBufferAccessor(buffer), header.apiVersion());
        return data.acks();
    }

    private void answers(Socket client, Socket broker, Queue<Pending> pending) throws IOException {
        DataInputStream in = new DataInputStream(broker.getInputStream());
        while (true) {
            byte[] frame = frame(in);
            Pending request = pending.remove();
            if (request.fault == Fault.DROP_ANSWER) {
                return;
            }
            write(client.getOutputStream(), redirected(request.header, frame));
        }
    }

    /** The answer with this proxy's address in place of the broker's. */
    private byte[] redirected(RequestHeader header, byte[] frame) {
        ApiKeys api = header.apiKey();
        short version = header.apiVersion();
        short headerVersion = api.responseHeaderVersion(version);
        ByteBufferAccessor in = new ByteBufferAccessor(ByteBuffer.wrap(frame));
        ResponseHeaderData head = new ResponseHeaderData(in, headerVersion);
        ApiMessage body;
        switch (api) {
            case METADATA -> {
                MetadataResponseData data = new MetadataResponseData(in, version);
                data.brokers().forEach(broker -> broker.setHost("127.0.0.1").setPort(listener.getLocalPort()));
                body = data;
            }
            case FIND_COORDINATOR -> {
                FindCoordinatorResponseData data = new FindCoordinatorResponseData(in, version);
                if (version < 4 && data.errorCode() == 0) {
                    data.setHost("127.0.0.1").setPort(listener.getLocalPort());
                }
                data.coordinators().stream().filter(one -> one.errorCode() == 0)
                    .forEach(one -> one.setHost("127.0.0.1").setPort(listener.getLocalPort()));
                body = data;
            }
            case DESCRIBE_CLUSTER -> {
                DescribeClusterResponseData data = new DescribeClusterResponseData(in, version);
                data.brokers().forEach(broker -> broker.setHost("127.0.0.1").setPort(listener.getLocalPort()));
                body = data;
            }
            case API_VERSIONS -> {
                ApiVersionsResponseData data;
                try {
                    data = new ApiVersionsResponseData(in, version);
                } catch (RuntimeException fallback) {
                    return frame;
                }
                if (!classicTransactions || data.errorCode() != 0) {
                    return frame;
                }
                data.finalizedFeatures().clear();
                body = data;
            }
            default -> {
                return frame;
            }
        }
        ByteBuffer out = MessageUtil.toByteBufferAccessor(head, headerVersion).buffer();
        ByteBuffer rest = MessageUtil.toByteBufferAccessor(body, version).buffer();
        return ByteBuffer.allocate(out.remaining() + rest.remaining()).put(out).put(rest).array();
    }

    private static byte[] frame(DataInputStream in) throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return frame;
    }

    private static void write(OutputStream out, byte[] frame) throws IOException {
        out.write(ByteBuffer.allocate(4 + frame.length).putInt(frame.length).put(frame).array());
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void closing(Socket client, Socket broker, Work work) throws IOException {
        try (client; broker) {
            work.run();
        }
    }

    private static void start(String name, Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException | RuntimeException ended) {
                // Either side has closed its connection, or the proxy is closed.
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
