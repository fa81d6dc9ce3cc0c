// A device reports, a service sets desired properties, both see it; a method is called. Arguments: the protocol, name,
// value.

import com.google.gson.Gson;
import com.microsoft.azure.sdk.iot.device.ClientOptions;
import com.microsoft.azure.sdk.iot.device.DeviceClient;
import com.microsoft.azure.sdk.iot.device.IotHubClientProtocol;
import com.microsoft.azure.sdk.iot.device.Message;
import com.microsoft.azure.sdk.iot.device.exceptions.IotHubClientException;
import com.microsoft.azure.sdk.iot.device.twin.DirectMethodResponse;
import com.microsoft.azure.sdk.iot.device.twin.TwinCollection;
import com.microsoft.azure.sdk.iot.service.methods.DirectMethodRequestOptions;
import com.microsoft.azure.sdk.iot.service.methods.DirectMethodsClient;
import com.microsoft.azure.sdk.iot.service.twin.Twin;
import com.microsoft.azure.sdk.iot.service.twin.TwinClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

public class RoundTrip {
  public static void main(String[] args) throws Exception {
    String name = args[1];
    String value = args[2];
    String deviceString = System.getenv("IOTHUB_DEVICE_CONNECTION_STRING");
    String service = System.getenv("IOTHUB_CONNECTION_STRING");
    String deviceId = deviceString.replaceAll(".*DeviceId=([^;]+).*", "$1");
    IotHubClientProtocol protocol = IotHubClientProtocol.valueOf(args[0]);
    Map<String, Object> report = new LinkedHashMap<>();

    DeviceClient device =
        new DeviceClient(deviceString, protocol, ClientOptions.builder().sendInterval(5).receiveInterval(5).build());
    device.open(false);
    CompletableFuture<Object> heard = new CompletableFuture<>();
    CompletableFuture<Integer> version = new CompletableFuture<>();
    device.subscribeToDesiredProperties(
        (patch, context) -> {
          heard.complete(patch.getDesiredProperties().get(name));
          version.complete(patch.getDesiredProperties().getVersion());
        },
        null);
    device.subscribeToMethods(
        (method, payload, context) -> new DirectMethodResponse(207, Map.of("echo", payload.getPayload(Object.class))),
        null);
    TwinCollection reported = new TwinCollection();
    reported.put(name, value);
    report.put("reportedVersion", patiently(() -> device.updateReportedProperties(reported, 2_000)).getVersion());

    TwinClient twins = new TwinClient(service);
    Twin patch = new Twin(deviceId);
    patch.getDesiredProperties().put(name, value);
    Twin changed = twins.patch(patch);
    report.put("reported", changed.getReportedProperties().get(name));
    report.put("heard", heard.get());
    report.put("desiredVersion", version.get());
    report.put("twin", patiently(() -> device.getTwin(2_000)).getDesiredProperties().get(name));

    var options =
        DirectMethodRequestOptions.builder()
            .payload(Map.of("text", value))
            .methodResponseTimeoutSeconds(10)
            .methodConnectTimeoutSeconds(10)
            .build();
    var answer = new DirectMethodsClient(service).invoke(deviceId, "repeat", options);
    report.put("method", List.of(answer.getStatus(), answer.getPayload(Object.class)));

    Message message = new Message("{\"reading\":21.5}");
    message.setContentType("application/json");
    message.setContentEncoding("utf-8");
    message.setMessageId("reading 1/2");
    message.setProperty("place", "hall = 7 & cellar");
    device.sendEvent(message);

    List<String> found = new ArrayList<>();
    var page =
        twins.query(
            "SELECT * FROM devices WHERE properties.reported." + name + " = '" + value
                + "' AND properties.desired." + name + " = '" + value + "'");
    while (page.hasNext()) found.add(page.next().getDeviceId());
    report.put("found", found);
    device.close();
    System.out.println(new Gson().toJson(report));
    System.exit(0);
  }

  /** Tries again if the SDK has missed the answer: https://github.com/Azure/azure-iot-sdk-java/issues/1803 */
  static <T> T patiently(Callable<T> asked) throws Exception {
    for (int left = 30; ; left--) {
      try {
        return asked.call();
      } catch (IotHubClientException error) {
        if (left == 0) throw error;
      }
    }
  }
}
