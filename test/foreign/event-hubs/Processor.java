// Reads event hubs with EventProcessorClient, checkpoints in memory, and prints each event. Arguments: the transport, and how
// many events to read first; then it prints `stopped`, and a second processor goes on from the checkpoints, with one event.

import com.azure.core.amqp.AmqpTransportType;
import com.azure.messaging.eventhubs.CheckpointStore;
import com.azure.messaging.eventhubs.EventProcessorClient;
import com.azure.messaging.eventhubs.EventProcessorClientBuilder;
import com.azure.messaging.eventhubs.LoadBalancingStrategy;
import com.azure.messaging.eventhubs.models.Checkpoint;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionOwnership;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

public class Processor {
  static final CheckpointStore STORE = new Checkpoints();
  static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    var transport = AmqpTransportType.fromString(args[0]);
    read(transport, Integer.parseInt(args[1]));
    System.out.println(JSON.writeValueAsString("stopped"));
    read(transport, 1);
    System.exit(0);
  }

  static void read(AmqpTransportType transport, int count) throws Exception {
    var received = new LinkedBlockingQueue<Map<String, Object>>();
    EventProcessorClient client =
        new EventProcessorClientBuilder()
            .connectionString(System.getenv("IOTHUB_EVENTHUB_CONNECTION_STRING"))
            .consumerGroup("$Default")
            .transportType(transport)
            .checkpointStore(STORE)
            .loadBalancingStrategy(LoadBalancingStrategy.GREEDY)
            .loadBalancingUpdateInterval(Duration.ofSeconds(1))
            // it reads a partition whose connection was lost again when it no longer owns it
            .partitionOwnershipExpirationInterval(Duration.ofSeconds(2))
            .initialPartitionEventPosition(partition -> EventPosition.earliest())
            .processEvent(
                context -> {
                  var event = context.getEventData();
                  var system = event.getSystemProperties();
                  context.updateCheckpoint();
                  received.add(
                      Map.of(
                          "partition", context.getPartitionContext().getPartitionId(),
                          "body", event.getBodyAsString(),
                          "properties", event.getProperties(),
                          "sequence", event.getSequenceNumber(),
                          "messageId", event.getMessageId(),
                          "device", String.valueOf(system.get("iothub-connection-device-id")),
                          "source", String.valueOf(system.get("iothub-message-source"))));
                })
            .processError(context -> context.getThrowable().printStackTrace())
            .buildEventProcessorClient();
    client.start();
    for (int i = 0; i < count; i++) System.out.println(JSON.writeValueAsString(received.take()));
    client.stop();
  }

  /** Checkpoints and owners of partitions, of one event hub and one consumer group. */
  static class Checkpoints implements CheckpointStore {
    final Map<String, PartitionOwnership> owners = new ConcurrentHashMap<>();
    final Map<String, Checkpoint> checkpoints = new ConcurrentHashMap<>();

    public Flux<PartitionOwnership> listOwnership(String namespace, String eventHub, String group) {
      return Flux.fromIterable(owners.values());
    }

    public Flux<PartitionOwnership> claimOwnership(List<PartitionOwnership> claims) {
      for (var claim : claims) {
        claim.setETag(UUID.randomUUID().toString()).setLastModifiedTime(System.currentTimeMillis());
        owners.put(claim.getPartitionId(), claim);
      }
      return Flux.fromIterable(claims);
    }

    public Flux<Checkpoint> listCheckpoints(String namespace, String eventHub, String group) {
      return Flux.fromIterable(checkpoints.values());
    }

    public Mono<Void> updateCheckpoint(Checkpoint checkpoint) {
      checkpoints.put(checkpoint.getPartitionId(), checkpoint);
      return Mono.empty();
    }
  }
}
