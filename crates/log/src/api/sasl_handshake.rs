//! SaslHandshake: not served yet. Before a connection is authenticated its requests go here, from `server`.
