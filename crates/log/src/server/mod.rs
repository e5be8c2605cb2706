//! Connections: bytes in, requests out, answers back in order; who may come in, and how much it may cost.
