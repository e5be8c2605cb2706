//! The body of the fuzz target `messages`, also run over the corpus by a test.

use watershed_protocol::messages::{
    AnyRequest, AnyResponse, ApiKey, ConsumerProtocolAssignment, ConsumerProtocolSubscription, RequestHeader,
    ResponseHeader,
};
use watershed_protocol::wire::{Incoming, Message as _, Reader, read_request};

/// Reads a message; if that works, what is written from it must be read again and written the same.
macro_rules! comes_back {
    ($bytes:expr, $version:expr, $reader:ident => $read:expr) => {{
        let $reader = &mut Reader::new($bytes);
        if let Ok(message) = $read {
            let mut written = Vec::new();
            message.write(&mut written, $version).expect("what was read is written");
            let $reader = &mut Reader::new(&written);
            let again = $read.expect("what was written is read");
            let mut rewritten = Vec::new();
            again.write(&mut rewritten, $version).expect("what was read is written");
            assert_eq!(rewritten, written);
        }
    }};
}

/// Reads any bytes as some message: the first two bytes choose the message, the third its version. What can be read
/// must come back the same after it was written.
///
/// # Panics
///
/// If it does not: that is what the target looks for.
pub fn messages(data: &[u8]) {
    let Some((&[group, choice, version], bytes)) = data.split_first_chunk::<3>() else { return };
    let api = ApiKey::ALL[usize::from(choice) % ApiKey::ALL.len()];
    let version = i16::from(i8::from_be_bytes([version]));
    match (group % 4, choice % 4) {
        (0, _) => comes_back!(bytes, version, reader => AnyRequest::read(api, reader, version)),
        (1, _) => comes_back!(bytes, version, reader => AnyResponse::read(api, reader, version)),
        (2, 0) => comes_back!(bytes, version, reader => RequestHeader::read(reader, version)),
        (2, 1) => comes_back!(bytes, version, reader => ResponseHeader::read(reader, version)),
        (2, 2) => comes_back!(bytes, version, reader => ConsumerProtocolSubscription::read(reader, version)),
        (2, _) => comes_back!(bytes, version, reader => ConsumerProtocolAssignment::read(reader, version)),
        _ => {
            // A whole frame: the key, the version and the header come from the bytes.
            if let Ok(Incoming::Request { header, body }) = read_request(bytes) {
                assert_eq!(body.api() as i16, header.request_api_key);
            }
        }
    }
}
