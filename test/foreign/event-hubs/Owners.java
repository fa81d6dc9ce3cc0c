// Reads a partition with owner levels. It prints what happened to each reader, in order.

import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.core.amqp.AmqpTransportType;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubConsumerAsyncClient;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.ReceiveOptions;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

public class Owners {
  static EventHubConsumerAsyncClient client;
  static String partition;

  public static void main(String[] args) throws Exception {
    partition = args[1];
    client =
        new EventHubClientBuilder()
            .connectionString(System.getenv("IOTHUB_EVENTHUB_CONNECTION_STRING"))
            .consumerGroup("$Default")
            .transportType(AmqpTransportType.fromString(args[0]))
            .retryOptions(new AmqpRetryOptions().setMaxRetries(0))
            .buildAsyncConsumerClient();
    Map<String, Object> report = new LinkedHashMap<>();
    Reader first = new Reader(1L);
    report.put("level 1", first.received.get());
    Reader second = new Reader(2L);
    report.put("level 2", second.received.get());
    report.put("level 1 then", first.ended.get());
    report.put("level 1 again", new Reader(1L).ended.get());
    report.put("no level", new Reader(null).ended.get());
    Reader equal = new Reader(2L);
    report.put("level 2 again", equal.received.get());
    report.put("level 2 then", second.ended.get());
    client.close();
    System.out.println(new ObjectMapper().writeValueAsString(report));
    System.exit(0);
  }

  /** The first event that a reader gets, and the condition with which it ends. */
  static class Reader {
    final CompletableFuture<String> received = new CompletableFuture<>();
    final CompletableFuture<String> ended = new CompletableFuture<>();

    Reader(Long level) {
      client
          .receiveFromPartition(partition, EventPosition.earliest(), new ReceiveOptions().setOwnerLevel(level))
          .subscribe(
              event -> received.complete(event.getData().getBodyAsString()),
              error ->
                  ended.complete(
                      error instanceof AmqpException failure
                          ? String.valueOf(failure.getErrorCondition())
                          : error.toString()));
    }
  }
}
