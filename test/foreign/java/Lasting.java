// A device that receives and answers, even if its connection is cut, until `round` is desired. Argument: the protocol.

import com.google.gson.Gson;
import com.microsoft.azure.sdk.iot.device.DeviceClient;
import com.microsoft.azure.sdk.iot.device.IotHubClientProtocol;
import com.microsoft.azure.sdk.iot.device.twin.DirectMethodResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

public class Lasting {
  public static void main(String[] args) throws Exception {
    var protocol = IotHubClientProtocol.valueOf(args[0]);
    DeviceClient device = new DeviceClient(System.getenv("IOTHUB_DEVICE_CONNECTION_STRING"), protocol);
    device.open(false);
    CompletableFuture<Object> heard = new CompletableFuture<>();
    device.subscribeToMethods(
        (name, payload, context) -> new DirectMethodResponse(200, payload.getPayload(Object.class)), null);
    device.subscribeToDesiredProperties(
        (patch, context) -> {
          if (patch.getDesiredProperties().containsKey("round")) heard.complete(patch.getDesiredProperties().get("round"));
        },
        null);
    System.out.println(new Gson().toJson(Map.of("heard", heard.get())));
    System.exit(0);
  }
}
