//! The brokers of a cluster, and what is known of its topics.
