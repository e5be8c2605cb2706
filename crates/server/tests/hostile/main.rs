//! Hostile clients: after each of these the server still serves, and all of them together have cost it less than 64 MB.
//!
//! Every kind is a function on a fresh connection. It may be refused, answered with an error or cut off; what it must not do
//! is harm anyone else.

mod batches;
mod bodies;
mod frames;
mod manners;
mod server;

use server::Server;

/// How a kind of hostility is shown.
pub(crate) type Hostility = fn(&Server) -> std::io::Result<()>;

/// What all kinds together may cost, in bytes.
const GROWTH_BYTES_MAX: u64 = 64 << 20;
/// The bar: at least so many kinds.
const KINDS_MIN: usize = 60;

#[test]
fn the_server_survives_every_kind_of_hostile_client() {
    let server = Server::start();
    server.prepare();
    let before = server.memory_bytes();
    let kinds: Vec<(&str, Hostility)> =
        [frames::KINDS, bodies::KINDS, batches::KINDS, manners::KINDS].concat();
    assert!(kinds.len() >= KINDS_MIN, "{} kinds", kinds.len());
    let mut failures = Vec::new();
    let mut grown = Vec::new();
    for (name, hostility) in &kinds {
        let memory = server.memory_bytes();
        if let Err(error) = hostility(&server) {
            failures.push(format!("{name}: {error}"));
        }
        if let Err(error) = server.serves() {
            failures.push(format!("after {name} the server does not serve: {error}"));
        }
        grown.push((server.memory_bytes().saturating_sub(memory) >> 10, *name));
    }
    let after = server.memory_bytes();
    grown.sort_unstable();
    let most: Vec<String> =
        grown.iter().rev().take(5).map(|(kilobytes, name)| format!("{name}: {kilobytes} KB")).collect();
    println!("grown most after {}", most.join("; "));
    println!("{} kinds, memory before {} KB, after {} KB", kinds.len(), before >> 10, after >> 10);
    assert!(failures.is_empty(), "{}\n{}", failures.join("\n"), server.log_tail());
    let growth = after.saturating_sub(before);
    assert!(growth < GROWTH_BYTES_MAX, "the server has grown by {growth} bytes");
}
