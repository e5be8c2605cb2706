// The admin client about the cluster: what one node without security answers.

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.admin.UserScramCredentialsDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.DelegationTokenDisabledException;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.ResourceNotFoundException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

final class AdminCluster {
    static void claims(Suite suite) {
        suite.claim("cluster/is_described_with_its_one_node", AdminCluster::described);
        suite.claim("cluster/all_clients_see_one_cluster_id", AdminCluster::clusterId);
        suite.claim("cluster/operations_on_it_are_all_allowed", AdminCluster::operations);
        suite.claim("cluster/features_are_kafkas", AdminCluster::features);
        suite.claim("cluster/unknown_feature_cannot_be_set", AdminCluster::unknownFeature);
        suite.claim("cluster/acls_say_that_security_is_disabled", AdminCluster::acls);
        suite.claim("cluster/delegation_tokens_are_disabled", AdminCluster::tokens);
        suite.claim("cluster/there_are_no_quotas", AdminCluster::quotas);
        suite.claim("cluster/scram_users_are_kept", AdminCluster::scram);
        suite.claim("cluster/unknown_scram_users_are_said", AdminCluster::scramUnknown);
        suite.claim("cluster/election_is_not_needed", AdminCluster::election);
        suite.claim("cluster/nothing_is_being_reassigned", AdminCluster::reassignments);
        suite.claim("cluster/quorum_is_the_node_itself", AdminCluster::quorum);
        suite.claim("cluster/clients_without_telemetry_get_an_instance_id_or_a_refusal", AdminCluster::telemetry);
        suite.claim("cluster/there_are_no_client_metrics_resources", AdminCluster::clientMetrics);
    }

    private static void described(Lab lab) throws Exception {
        DescribeClusterResult result = lab.admin().describeCluster();
        Lab.equal("nodes", 1, Lab.get(result.nodes()).size());
        Node node = Lab.get(result.nodes()).iterator().next();
        Lab.equal("address", lab.bootstrap, node.host() + ":" + node.port());
        Lab.that(!node.hasRack(), "it has no rack");
        Lab.that(!node.isFenced(), "it is not fenced");
        Lab.equal("controller", node.id(), Lab.get(result.controller()).id());
        Lab.equal("operations, not asked for", null, Lab.get(result.authorizedOperations()));
        DescribeClusterResult fenced = lab.admin().describeCluster(new DescribeClusterOptions().includeFencedBrokers(true));
        Lab.equal("nodes with fenced ones", 1, Lab.get(fenced.nodes()).size());
    }

    private static void clusterId(Lab lab) throws Exception {
        String id = Lab.get(lab.admin().describeCluster().clusterId());
        Lab.equal("length of the id", 22, id.length());
        try (var other = org.apache.kafka.clients.admin.Admin.create(Map.of("bootstrap.servers", lab.bootstrap))) {
            Lab.equal("id", id, Lab.get(other.describeCluster().clusterId()));
        }
        var answer = lab.open(new Raw(lab.bootstrap)).<org.apache.kafka.common.requests.MetadataResponse>call(
            org.apache.kafka.common.requests.MetadataRequest.Builder.allTopics());
        Lab.equal("id in metadata", id, answer.clusterId());
    }

    private static void operations(Lab lab) throws Exception {
        Set<AclOperation> operations = Lab.get(lab.admin().describeCluster(
            new DescribeClusterOptions().includeAuthorizedOperations(true)).authorizedOperations());
        Lab.equal("operations", Set.of(AclOperation.CREATE, AclOperation.ALTER, AclOperation.DESCRIBE,
            AclOperation.CLUSTER_ACTION, AclOperation.DESCRIBE_CONFIGS, AclOperation.ALTER_CONFIGS, AclOperation.IDEMPOTENT_WRITE),
            operations);
    }

    private static void features(Lab lab) throws Exception {
        FeatureMetadata features = Lab.get(lab.admin().describeFeatures().featureMetadata());
        Map<String, Integer> needed = Map.of("transaction.version", 2, "group.version", 1);
        needed.forEach((name, level) -> {
            Lab.equal(name + " in force", level, (int) features.finalizedFeatures().get(name).maxVersionLevel());
            Lab.that(features.supportedFeatures().get(name).maxVersion() >= level, name + " is supported");
        });
        Lab.that(features.finalizedFeatures().containsKey("metadata.version"), "metadata.version is in force");
        Lab.that(features.finalizedFeaturesEpoch().isPresent(), "there is an epoch");
    }

    private static void unknownFeature(Lab lab) throws Exception {
        var update = Map.of("no.such.feature", new FeatureUpdate((short) 1, FeatureUpdate.UpgradeType.UPGRADE));
        Lab.fails(org.apache.kafka.common.errors.InvalidUpdateVersionException.class,
            lab.admin().updateFeatures(update, new UpdateFeaturesOptions()).all());
    }

    private static void acls(Lab lab) throws Exception {
        AclBinding binding = new AclBinding(new ResourcePattern(ResourceType.TOPIC, lab.name("topic"), PatternType.LITERAL),
            new AccessControlEntry("User:someone", "*", AclOperation.READ, AclPermissionType.ALLOW));
        Lab.fails(SecurityDisabledException.class, lab.admin().describeAcls(AclBindingFilter.ANY).values());
        Lab.fails(SecurityDisabledException.class, lab.admin().createAcls(List.of(binding)).all());
        Lab.fails(SecurityDisabledException.class, lab.admin().deleteAcls(List.of(binding.toFilter())).all());
    }

    private static void tokens(Lab lab) throws Exception {
        for (var answer : List.of(lab.admin().describeDelegationToken().delegationTokens(),
                lab.admin().createDelegationToken().delegationToken())) {
            Throwable error = Lab.fails(answer);
            Lab.that(error instanceof DelegationTokenDisabledException || error instanceof UnsupportedVersionException
                || error instanceof org.apache.kafka.common.errors.UnsupportedByAuthenticationException,
                "there are no delegation tokens: " + error);
        }
    }

    private static void quotas(Lab lab) throws Exception {
        Lab.equal("quotas", Map.of(), Lab.get(lab.admin().describeClientQuotas(ClientQuotaFilter.all()).entities()));
    }

    private static void scram(Lab lab) throws Exception {
        String user = lab.name("user");
        List<org.apache.kafka.clients.admin.UserScramCredentialAlteration> both = List.of(
            new UserScramCredentialUpsertion(user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), "secret"),
            new UserScramCredentialUpsertion(user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192), "secret"));
        Lab.fails(org.apache.kafka.common.errors.DuplicateResourceException.class, lab.admin().alterUserScramCredentials(both).all());
        for (var one : both) {
            Lab.get(lab.admin().alterUserScramCredentials(List.of(one)).all());
        }
        lab.until("the user has both", () -> description(lab, user).credentialInfos().size() == 2);
        Set<ScramCredentialInfo> infos = Set.copyOf(description(lab, user).credentialInfos());
        Lab.equal("credentials", Set.of(new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096),
            new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192)), infos);
        Lab.that(Lab.get(lab.admin().describeUserScramCredentials().users()).contains(user), "the user is among all");
        Lab.get(lab.admin().alterUserScramCredentials(List.of(
            new UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_256))).all());
        lab.until("one is left", () -> description(lab, user).credentialInfos().size() == 1);
        Lab.get(lab.admin().alterUserScramCredentials(List.of(
            new UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_512))).all());
        lab.until("the user is gone", () -> !Lab.get(lab.admin().describeUserScramCredentials().users()).contains(user));
    }

    private static UserScramCredentialsDescription description(Lab lab, String user) throws Exception {
        return Lab.get(lab.admin().describeUserScramCredentials(List.of(user)).description(user));
    }

    private static void scramUnknown(Lab lab) throws Exception {
        String user = lab.name("nobody");
        Lab.fails(ResourceNotFoundException.class, () -> description(lab, user));
        Lab.fails(ResourceNotFoundException.class, lab.admin().alterUserScramCredentials(List.of(
            new UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_256))).all());
        Lab.fails(org.apache.kafka.common.errors.UnacceptableCredentialException.class,
            lab.admin().alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(user,
                new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 10), "secret"))).all());
    }

    private static void election(Lab lab) throws Exception {
        TopicPartition partition = new TopicPartition(lab.topic("elected", 1), 0);
        for (ElectionType type : ElectionType.values()) {
            var answer = Lab.get(lab.admin().electLeaders(type, Set.of(partition)).partitions()).get(partition);
            Lab.equal("answer", ElectionNotNeededException.class, answer.orElseThrow().getClass());
        }
        TopicPartition unknown = new TopicPartition(lab.name("never"), 0);
        var answer = Lab.get(lab.admin().electLeaders(ElectionType.PREFERRED, Set.of(unknown)).partitions()).get(unknown);
        Lab.equal("answer", UnknownTopicOrPartitionException.class, answer.orElseThrow().getClass());
    }

    private static void reassignments(Lab lab) throws Exception {
        Lab.equal("all", Map.of(), Lab.get(lab.admin().listPartitionReassignments().reassignments()));
        TopicPartition partition = new TopicPartition(lab.topic("placed", 1), 0);
        Lab.equal("of a partition", Map.of(), Lab.get(lab.admin().listPartitionReassignments(Set.of(partition)).reassignments()));
    }

    private static void quorum(Lab lab) throws Exception {
        var quorum = Lab.get(lab.admin().describeMetadataQuorum().quorumInfo());
        int node = Lab.get(lab.admin().describeCluster().nodes()).iterator().next().id();
        Lab.equal("leader", node, quorum.leaderId());
        Lab.equal("voters", List.of(node), quorum.voters().stream().map(voter -> voter.replicaId()).toList());
        Lab.equal("observers", List.of(), quorum.observers());
        Lab.that(quorum.leaderEpoch() >= 0 && quorum.highWatermark() >= 0, "epoch and high watermark are told");
    }

    private static void telemetry(Lab lab) throws Exception {
        // Brokers without a receiver of metrics do not offer the call.
        try {
            Lab.that(lab.admin().clientInstanceId(Duration.ofSeconds(5)) != null, "it is an id");
        } catch (IllegalStateException | org.apache.kafka.common.errors.TimeoutException | UnsupportedVersionException none) {
            Lab.that(none.getMessage() != null, "the refusal says why");
        }
    }

    private static void clientMetrics(Lab lab) throws Exception {
        var all = Lab.get(lab.admin().listConfigResources(Set.of(org.apache.kafka.common.config.ConfigResource.Type.CLIENT_METRICS),
            new org.apache.kafka.clients.admin.ListConfigResourcesOptions()).all());
        Lab.equal("resources", 0, all.size());
    }
}
