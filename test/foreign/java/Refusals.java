// The errors of the service clients: class of the exception, status, code. Arguments: the id of a device that exists,
// then ids of devices for which the hub raises errors.

import com.google.gson.Gson;
import com.microsoft.azure.sdk.iot.device.DeviceClient;
import com.microsoft.azure.sdk.iot.device.IotHubClientProtocol;
import com.microsoft.azure.sdk.iot.device.exceptions.IotHubClientException;
import com.microsoft.azure.sdk.iot.service.auth.AuthenticationType;
import com.microsoft.azure.sdk.iot.service.exceptions.IotHubException;
import com.microsoft.azure.sdk.iot.service.methods.DirectMethodRequestOptions;
import com.microsoft.azure.sdk.iot.service.methods.DirectMethodsClient;
import com.microsoft.azure.sdk.iot.service.query.QueryClient;
import com.microsoft.azure.sdk.iot.service.registry.Device;
import com.microsoft.azure.sdk.iot.service.registry.RegistryClient;
import com.microsoft.azure.sdk.iot.service.twin.Twin;
import com.microsoft.azure.sdk.iot.service.twin.TwinClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

public class Refusals {
  interface Call {
    void run() throws Exception;
  }

  public static void main(String[] args) throws Exception {
    String id = args[0];
    String service = System.getenv("IOTHUB_CONNECTION_STRING");
    RegistryClient registry = new RegistryClient(service);
    TwinClient twins = new TwinClient(service);
    String wrong = service.replaceAll("SharedAccessKey=.*", "SharedAccessKey=bm90IHRoZSBrZXk=");
    // by default, the client lets the hub wait longer than it waits for the hub
    var atOnce = DirectMethodRequestOptions.builder().methodConnectTimeoutSeconds(0).build();
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("exists", refusal(() -> registry.addDevice(new Device(id, AuthenticationType.SAS))));
    report.put("absent", refusal(() -> registry.getDevice(id + "-nobody")));
    report.put("stale", refusal(() -> {
      Twin twin = twins.get(id);
      twin.getTags().put("place", "yard");
      twins.patch(twin, "c3RhbGU=");
    }));
    report.put("badTwin", refusal(() -> {
      Twin twin = new Twin(id);
      twin.getTags().put("with.dot", 1);
      twins.patch(twin);
    }));
    report.put("badQuery", refusal(() -> new QueryClient(service).queryTwins("SELECT * FROM devices WHERE (")));
    report.put("offline", refusal(() -> new DirectMethodsClient(service).invoke(id, "wave", atOnce)));
    report.put("wrongKey", refusal(() -> new RegistryClient(wrong).getStatistics()));
    report.put("deviceWrongKey", refusal(() -> {
      String device = System.getenv("IOTHUB_DEVICE_CONNECTION_STRING");
      String wrongDevice = device.replaceAll("SharedAccessKey=.*", "SharedAccessKey=bm90IHRoZSBrZXk=");
      new DeviceClient(wrongDevice, IotHubClientProtocol.MQTT).open(false);
    }));
    for (int i = 1; i < args.length; i++) {
      String trouble = args[i];
      report.put(trouble, refusal(() -> registry.getDevice(trouble)));
    }
    System.out.println(new Gson().toJson(report));
    System.exit(0);
  }

  static Object refusal(Call call) {
    try {
      call.run();
      return "nothing";
    } catch (IotHubException error) {
      return List.of(error.getClass().getSimpleName(), error.getErrorCode(), error.getErrorCodeDescription());
    } catch (IotHubClientException error) {
      return List.of(error.getClass().getSimpleName(), error.getStatusCode());
    } catch (Exception error) {
      return error.toString();
    }
  }
}
