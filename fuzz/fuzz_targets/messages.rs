//! Any bytes as a message of the wire. What is done with them, and what must hold, lies in the testkit, where a test runs it
//! over the corpus.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| watershed_testkit::fuzz_messages::messages(data));
