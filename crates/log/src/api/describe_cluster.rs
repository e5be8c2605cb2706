//! DescribeCluster: versions 0 to 2.
//!
//! Gaps: asked for controllers (version 1), it answers with itself, under the address of its broker: it is both.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::describe_cluster_response::DescribeClusterBroker;
use watershed_protocol::messages::{DescribeClusterRequest, DescribeClusterResponse};

use super::{Call, Reply, operations};

const BROKERS: i8 = 1;
const CONTROLLERS: i8 = 2;

pub(super) async fn answer(call: &Call<'_>, request: &DescribeClusterRequest) -> Reply {
    let cluster_id = call.broker.catalog.cluster_id();
    if !matches!(request.endpoint_type, BROKERS | CONTROLLERS) {
        return call.reply(&DescribeClusterResponse {
            error_code: ErrorCode::UnsupportedEndpointType.code(),
            error_message: Some("endpoints are those of brokers (1) or of controllers (2)"),
            endpoint_type: request.endpoint_type,
            ..DescribeClusterResponse::default()
        });
    }
    let (host, port) = &call.caller.advertised;
    let broker_id = call.broker.options.node_id;
    let broker =
        DescribeClusterBroker { broker_id, host, port: i32::from(*port), rack: None, is_fenced: false };
    let asks = request.include_cluster_authorized_operations;
    call.reply(&DescribeClusterResponse {
        endpoint_type: request.endpoint_type,
        cluster_id,
        controller_id: broker_id,
        brokers: vec![broker],
        cluster_authorized_operations: if asks { operations::CLUSTER } else { i32::MIN },
        ..DescribeClusterResponse::default()
    })
}
