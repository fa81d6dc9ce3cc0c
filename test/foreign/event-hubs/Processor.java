// Reads event hubs with EventProcessorClient and checkpoints in memory. Arguments: the transport, and how many events to read
// first. It prints their bodies, and after a line of input a second processor goes on from the checkpoints, with one event.

import com.azure.core.amqp.AmqpTransportType;
import com.azure.messaging.eventhubs.CheckpointStore;
import com.azure.messaging.eventhubs.EventProcessorClient;
import com.azure.messaging.eventhubs.EventProcessorClientBuilder;
import com.azure.messaging.eventhubs.LoadBalancingStrategy;
import com.azure.messaging.eventhubs.models.Checkpoint;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionOwnership;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
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
    System.out.println(JSON.writeValueAsString(read(transport, Integer.parseInt(args[1]))));
    System.in.read();
    System.out.println(JSON.writeValueAsString(read(transport, 1)));
    System.exit(0);
  }

  static Map<String, Object> read(AmqpTransportType transport, int count) throws Exception {
    var received = new LinkedBlockingQueue<Map<String, Object>>();
    var partitions = new ConcurrentHashMap<String, Boolean>();
    EventProcessorClient client =
        new EventProcessorClientBuilder()
            .connectionString(System.getenv("IOTHUB_EVENTHUB_CONNECTION_STRING"))
            .consumerGroup("$Default")
            .transportType(transport)
            .checkpointStore(STORE)
            .loadBalancingStrategy(LoadBalancingStrategy.GREEDY)
            .initialPartitionEventPosition(partition -> EventPosition.earliest())
            .processEvent(
                context -> {
                  var event = context.getEventData();
                  var system = event.getSystemProperties();
                  partitions.put(context.getPartitionContext().getPartitionId(), true);
                  context.updateCheckpoint();
                  received.add(
                      Map.of(
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
    var events = new ArrayList<Map<String, Object>>();
    while (events.size() < count) events.add(received.take());
    client.stop();
    return Map.of("events", events, "partitions", new TreeSet<>(partitions.keySet()));
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
