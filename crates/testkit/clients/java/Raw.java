// A connection that sends single requests: for what the clients never send, or answer for themselves.

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

final class Raw implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream input;
    private int correlation;

    Raw(String bootstrap) throws IOException {
        int colon = bootstrap.lastIndexOf(':');
        socket = new Socket(bootstrap.substring(0, colon), Integer.parseInt(bootstrap.substring(colon + 1)));
        socket.setSoTimeout(30_000);
        socket.setTcpNoDelay(true);
        input = new DataInputStream(socket.getInputStream());
    }

    /** Sends the request in its newest version and waits for the answer. */
    <R extends AbstractResponse> R call(AbstractRequest.Builder<?> builder) throws IOException {
        return call(builder.build());
    }

    <R extends AbstractResponse> R call(AbstractRequest request) throws IOException {
        RequestHeader header = send(request);
        return receive(header);
    }

    /** Sends without waiting, so that requests can be in flight together. */
    RequestHeader send(AbstractRequest request) throws IOException {
        RequestHeader header = new RequestHeader(request.apiKey(), request.version(), "raw", ++correlation);
        ByteBuffer bytes = request.serializeWithHeader(header);
        ByteBuffer frame = ByteBuffer.allocate(4 + bytes.remaining()).putInt(bytes.remaining()).put(bytes);
        socket.getOutputStream().write(frame.array());
        return header;
    }

    @SuppressWarnings("unchecked")
    <R extends AbstractResponse> R receive(RequestHeader header) throws IOException {
        return (R) AbstractResponse.parseResponse(receive(), header);
    }

    /** The next frame without its length. */
    ByteBuffer receive() throws IOException {
        byte[] frame = new byte[input.readInt()];
        input.readFully(frame);
        return ByteBuffer.wrap(frame);
    }

    /** Sends a frame of these bytes, right or wrong. */
    void frame(byte[] bytes) throws IOException {
        socket.getOutputStream().write(ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).array());
    }

    static short newest(ApiKeys api) {
        return api.latestVersion();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
