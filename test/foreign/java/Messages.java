// A device sends messages; a service app sends it others, and hears what became of each. Arguments: the protocol of the
// device, that of the service app, then how the device settles each message, one after the other.

import com.google.gson.Gson;
import com.microsoft.azure.sdk.iot.device.ClientOptions;
import com.microsoft.azure.sdk.iot.device.DeviceClient;
import com.microsoft.azure.sdk.iot.device.IotHubClientProtocol;
import com.microsoft.azure.sdk.iot.device.IotHubMessageResult;
import com.microsoft.azure.sdk.iot.device.exceptions.IotHubClientException;
import com.microsoft.azure.sdk.iot.service.exceptions.IotHubException;
import com.microsoft.azure.sdk.iot.service.messaging.AcknowledgementType;
import com.microsoft.azure.sdk.iot.service.messaging.DeliveryAcknowledgement;
import com.microsoft.azure.sdk.iot.service.messaging.FeedbackRecord;
import com.microsoft.azure.sdk.iot.service.messaging.IotHubServiceClientProtocol;
import com.microsoft.azure.sdk.iot.service.messaging.Message;
import com.microsoft.azure.sdk.iot.service.messaging.MessageFeedbackProcessorClient;
import com.microsoft.azure.sdk.iot.service.messaging.MessagingClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

public class Messages {
  public static void main(String[] args) throws Exception {
    try {
      run(args);
    } catch (Throwable error) {
      error.printStackTrace();
      // threads of the clients outlive an error
      System.exit(1);
    }
    System.exit(0);
  }

  static void run(String[] args) throws Exception {
    String deviceString = System.getenv("IOTHUB_DEVICE_CONNECTION_STRING");
    String deviceId = deviceString.replaceAll(".*DeviceId=([^;]+).*", "$1");
    Map<String, Object> report = new LinkedHashMap<>();

    DeviceClient device =
        new DeviceClient(
            deviceString,
            IotHubClientProtocol.valueOf(args[0]),
            ClientOptions.builder().sendInterval(5).receiveInterval(5).build());
    List<List<String>> taken = new CopyOnWriteArrayList<>();
    device.setMessageCallback(
        (message, context) -> {
          String wanted = message.getProperty("outcome");
          boolean isAgain = taken.stream().anyMatch(one -> one.get(0).equals(message.getMessageId()));
          String outcome = isAgain ? "COMPLETE" : wanted;
          taken.add(List.of(message.getMessageId(), new String(message.getBytes()), outcome));
          return IotHubMessageResult.valueOf(outcome);
        },
        null);
    device.open(false);
    report.put("sent", sendAll(device, args[0]));

    String service = System.getenv("IOTHUB_CONNECTION_STRING");
    IotHubServiceClientProtocol protocol = IotHubServiceClientProtocol.valueOf(args[1]);
    BlockingQueue<FeedbackRecord> records = new LinkedBlockingQueue<>();
    MessageFeedbackProcessorClient feedback =
        new MessageFeedbackProcessorClient(
            service,
            protocol,
            batch -> {
              records.addAll(batch.getRecords());
              return AcknowledgementType.COMPLETE;
            });
    feedback.start();
    MessagingClient messaging = new MessagingClient(service, protocol);
    messaging.open();
    List<Object> told = new ArrayList<>();
    for (int i = 2; i < args.length; i++) {
      Message message = new Message("for " + args[i]);
      message.setMessageId("m" + (i - 1));
      message.setDeliveryAcknowledgement(DeliveryAcknowledgement.Full);
      message.getProperties().put("outcome", args[i]);
      messaging.send(deviceId, message);
      FeedbackRecord record = records.take();
      told.add(List.of(record.getOriginalMessageId(), record.getStatusCode().toString()));
    }
    report.put("taken", taken);
    report.put("records", told);
    try {
      messaging.send("absent", new Message("x"));
      report.put("absent", "sent");
    } catch (IotHubException error) {
      report.put("absent", error.getClass().getSimpleName());
    }
    messaging.close();
    feedback.stop();
    device.close();
    System.out.println(new Gson().toJson(report));
  }

  /** A message, a large one or several at once, and one that is too large; returns how each was sent. */
  static List<String> sendAll(DeviceClient device, String protocol) throws Exception {
    var reading = new com.microsoft.azure.sdk.iot.device.Message("{\"reading\":21.5}");
    reading.setContentType("application/json");
    reading.setContentEncoding("utf-8");
    reading.setMessageId("reading 1/2");
    reading.setProperty("place", "hall");
    var large = new com.microsoft.azure.sdk.iot.device.Message("x".repeat(250_000));
    var tooLarge = new com.microsoft.azure.sdk.iot.device.Message(new byte[270_000]);
    List<String> sent = new ArrayList<>();
    sent.add(outcome(() -> device.sendEvent(reading)));
    sent.add(outcome(() -> device.sendEvent(large)));
    if (protocol.equals("HTTPS")) {
      var some = List.of("one", "two").stream().map(com.microsoft.azure.sdk.iot.device.Message::new).toList();
      sent.add(outcome(() -> device.sendEvents(some)));
    }
    // over MQTT, the hub can only close the connection, and the SDK sends such a message again and again
    if (!protocol.startsWith("MQTT")) sent.add(outcome(() -> device.sendEvent(tooLarge)));
    return sent;
  }

  interface Call {
    void run() throws Exception;
  }

  static String outcome(Call call) throws Exception {
    try {
      call.run();
      return "sent";
    } catch (IotHubClientException error) {
      return error.getStatusCode().toString();
    }
  }
}
