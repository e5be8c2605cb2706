// The admin client about producers and transactions: described, listed, aborted, fenced.

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

final class AdminTransactions {
    static void claims(Suite suite) {
        suite.claim("admin_transactions/described_while_open_and_after", AdminTransactions::described);
        suite.claim("admin_transactions/unknown_is_said", AdminTransactions::unknown);
        suite.claim("admin_transactions/listed_by_state_producer_duration_and_pattern", AdminTransactions::listed);
        suite.claim("admin_transactions/producers_of_a_partition_are_described", AdminTransactions::producers);
        suite.claim("admin_transactions/producers_of_an_unknown_partition_are_refused", AdminTransactions::producersUnknown);
        suite.claim("admin_transactions/open_transaction_can_be_aborted_in_a_partition", AdminTransactions::aborted);
        suite.claim("admin_transactions/abort_with_an_older_epoch_is_refused", AdminTransactions::abortedStale);
        suite.claim("admin_transactions/producers_are_fenced", AdminTransactions::fenced);
        suite.claim("admin_transactions/hanging_transaction_is_terminated", AdminTransactions::terminated);
    }

    private static KafkaProducer<String, String> open(Lab lab, String id, String topic) throws Exception {
        KafkaProducer<String, String> producer = Transactions.producer(lab, lab.bootstrap, id);
        producer.initTransactions();
        producer.beginTransaction();
        Lab.fill(producer, topic, 2, 4, "v");
        return producer;
    }

    private static TransactionDescription describe(Lab lab, String id) throws Exception {
        return Lab.get(lab.admin().describeTransactions(List.of(id)).description(id));
    }

    private static void described(Lab lab) throws Exception {
        String topic = lab.topic("tx", 2);
        String id = lab.name("id");
        long before = System.currentTimeMillis();
        KafkaProducer<String, String> producer = open(lab, id, topic);
        TransactionDescription open = describe(lab, id);
        Lab.equal("state", TransactionState.ONGOING, open.state());
        Lab.equal("partitions", Set.copyOf(Lab.partitions(topic, 2)), open.topicPartitions());
        Lab.equal("timeout", 30_000L, open.transactionTimeoutMs());
        Lab.that(open.producerId() >= 0 && open.producerEpoch() >= 0, "producer id and epoch are told");
        long start = open.transactionStartTimeMs().orElseThrow();
        Lab.that(start >= before && start <= System.currentTimeMillis(), "the start is when it began");
        producer.commitTransaction();
        lab.until("it is complete", () -> describe(lab, id).state() == TransactionState.COMPLETE_COMMIT);
        TransactionDescription complete = describe(lab, id);
        Lab.equal("partitions", Set.of(), complete.topicPartitions());
        producer.beginTransaction();
        Lab.fill(producer, topic, 1, 1, "v");
        producer.abortTransaction();
        lab.until("it is aborted", () -> describe(lab, id).state() == TransactionState.COMPLETE_ABORT);
    }

    private static void unknown(Lab lab) throws Exception {
        Lab.fails(TransactionalIdNotFoundException.class, () -> describe(lab, lab.name("never")));
    }

    private static Optional<TransactionListing> listing(Lab lab, String id, ListTransactionsOptions options) throws Exception {
        return Lab.get(lab.admin().listTransactions(options).all()).stream()
            .filter(one -> one.transactionalId().equals(id)).findFirst();
    }

    private static void listed(Lab lab) throws Exception {
        String id = lab.name("id");
        open(lab, id, lab.topic("tx", 2));
        TransactionListing listing = listing(lab, id, new ListTransactionsOptions()).orElseThrow();
        Lab.equal("state", TransactionState.ONGOING, listing.state());
        Lab.equal("producer id", describe(lab, id).producerId(), listing.producerId());
        ListTransactionsOptions[] found = {
            new ListTransactionsOptions().filterStates(Set.of(TransactionState.ONGOING)),
            new ListTransactionsOptions().filterProducerIds(Set.of(listing.producerId())),
            new ListTransactionsOptions().filterOnDuration(0),
            new ListTransactionsOptions().filterOnTransactionalIdPattern("id-.*"),
        };
        ListTransactionsOptions[] notFound = {
            new ListTransactionsOptions().filterStates(Set.of(TransactionState.EMPTY)),
            new ListTransactionsOptions().filterProducerIds(Set.of(listing.producerId() + 1_000_000)),
            new ListTransactionsOptions().filterOnDuration(1_000_000),
            new ListTransactionsOptions().filterOnTransactionalIdPattern("d-.*"),
        };
        for (ListTransactionsOptions options : found) {
            Lab.that(listing(lab, id, options).isPresent(), "it is listed with " + options);
        }
        for (ListTransactionsOptions options : notFound) {
            Lab.that(listing(lab, id, options).isEmpty(), "it is not listed with " + options);
        }
        Lab.fails(InvalidRegularExpression.class,
            lab.admin().listTransactions(new ListTransactionsOptions().filterOnTransactionalIdPattern("(")).all());
    }

    private static List<ProducerState> producers(Lab lab, TopicPartition partition) throws Exception {
        return Lab.get(lab.admin().describeProducers(List.of(partition)).partitionResult(partition)).activeProducers();
    }

    private static void producers(Lab lab) throws Exception {
        String topic = lab.topic("tx", 2);
        String id = lab.name("id");
        KafkaProducer<String, String> producer = open(lab, id, topic);
        TopicPartition partition = new TopicPartition(topic, 0);
        TransactionDescription transaction = describe(lab, id);
        ProducerState state = producers(lab, partition).get(0);
        Lab.equal("producer id", transaction.producerId(), state.producerId());
        Lab.equal("epoch", transaction.producerEpoch(), state.producerEpoch());
        Lab.equal("last sequence", 1, state.lastSequence());
        Lab.equal("start of the transaction", OptionalLong.of(0), state.currentTransactionStartOffset());
        Lab.that(state.lastTimestamp() > 1_700_000_000_000L, "the last timestamp is told");
        producer.commitTransaction();
        lab.until("the marker is there", () -> Transactions.stable(lab, topic, 0) == 3);
        ProducerState after = producers(lab, partition).get(0);
        Lab.equal("start of the transaction", OptionalLong.empty(), after.currentTransactionStartOffset());
        Lab.equal("coordinator epoch is told", true, after.coordinatorEpoch().isPresent());
    }

    private static void producersUnknown(Lab lab) throws Exception {
        TopicPartition unknown = new TopicPartition(lab.topic("tx", 1), 4);
        var options = new org.apache.kafka.clients.admin.DescribeProducersOptions().timeoutMs(1500);
        Throwable error = Lab.fails(lab.admin().describeProducers(List.of(unknown), options).partitionResult(unknown));
        Lab.that(error instanceof org.apache.kafka.common.errors.UnknownTopicOrPartitionException
            || error instanceof org.apache.kafka.common.errors.TimeoutException, "it is refused or not found in time: " + error);
    }

    private static void aborted(Lab lab) throws Exception {
        String topic = lab.topic("tx", 2);
        open(lab, lab.name("id"), topic);
        TopicPartition partition = new TopicPartition(topic, 0);
        ProducerState state = producers(lab, partition).get(0);
        int coordinator = state.coordinatorEpoch().orElse(-1);
        Lab.get(lab.admin().abortTransaction(new AbortTransactionSpec(partition, state.producerId(),
            (short) state.producerEpoch(), coordinator)).all());
        Lab.equal("last stable offset", 3L, Transactions.stable(lab, topic, 0));
        Lab.equal("last stable offset of the other partition", 0L, Transactions.stable(lab, topic, 1));
        Lab.equal("coordinator epoch before", OptionalInt.empty(), state.coordinatorEpoch());
    }

    private static void abortedStale(Lab lab) throws Exception {
        String topic = lab.topic("tx", 2);
        String id = lab.name("id");
        KafkaProducer<String, String> producer = open(lab, id, topic);
        producer.commitTransaction();
        KafkaProducer<String, String> again = open(lab, id, topic);
        TopicPartition partition = new TopicPartition(topic, 0);
        lab.until("it is open", () -> producers(lab, partition).get(0).currentTransactionStartOffset().isPresent());
        ProducerState state = producers(lab, partition).get(0);
        Lab.that(state.producerEpoch() > 0, "the epoch was raised");
        Lab.fails(InvalidProducerEpochException.class, lab.admin().abortTransaction(new AbortTransactionSpec(partition,
            state.producerId(), (short) (state.producerEpoch() - 1), state.coordinatorEpoch().orElse(0))).all());
        again.commitTransaction();
        Lab.equal("end", 6L, lab.offset(topic, 0, OffsetSpec.latest()));
    }

    private static void fenced(Lab lab) throws Exception {
        String topic = lab.topic("tx", 2);
        String id = lab.name("id");
        KafkaProducer<String, String> producer = open(lab, id, topic);
        var result = lab.admin().fenceProducers(List.of(id));
        Lab.get(result.all());
        Lab.that(Lab.get(result.producerId(id)) >= 0 && Lab.get(result.epochId(id)) > 0, "the new epoch is told");
        lab.until("what was open is aborted", () -> Transactions.stable(lab, topic, 0) == 3);
        KafkaException refused = null;
        try {
            Lab.get(producer.send(new ProducerRecord<>(topic, 0, "k", "never")));
            producer.commitTransaction();
        } catch (KafkaException error) {
            refused = error;
        }
        Lab.that(Transactions.isFenced(refused), "the producer is fenced, not told " + refused);
        Lab.equal("read_committed", List.of(), lab.values(topic, "read_committed"));
    }

    private static void terminated(Lab lab) throws Exception {
        String topic = lab.topic("tx", 2);
        String id = lab.name("id");
        open(lab, id, topic);
        Lab.get(lab.admin().forceTerminateTransaction(id, new org.apache.kafka.clients.admin.TerminateTransactionOptions()).result());
        lab.until("what was open is aborted", () -> Transactions.stable(lab, topic, 0) == 3 && Transactions.stable(lab, topic, 1) == 3);
    }
}
