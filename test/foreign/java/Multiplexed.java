// Several devices on one connection: each sends, reports, answers a method and takes a message; then one leaves. Arguments:
// the protocol, then the connection strings of the devices. Prints `listening`, and `left` when the first has left.

import com.google.gson.Gson;
import com.microsoft.azure.sdk.iot.device.DeviceClient;
import com.microsoft.azure.sdk.iot.device.IotHubClientProtocol;
import com.microsoft.azure.sdk.iot.device.IotHubMessageResult;
import com.microsoft.azure.sdk.iot.device.Message;
import com.microsoft.azure.sdk.iot.device.MultiplexingClient;
import com.microsoft.azure.sdk.iot.device.twin.DirectMethodResponse;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.LinkedBlockingQueue;

public class Multiplexed {
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
    IotHubClientProtocol protocol = IotHubClientProtocol.valueOf(args[0]);
    String hostName = args[1].replaceAll(".*HostName=([^;]+).*", "$1");
    MultiplexingClient together = new MultiplexingClient(hostName, protocol);
    List<DeviceClient> devices = new ArrayList<>();
    for (int i = 1; i < args.length; i++) devices.add(new DeviceClient(args[i], protocol));
    together.registerDeviceClients(devices);
    together.open(false);

    Map<String, String> taken = new ConcurrentSkipListMap<>();
    BlockingQueue<String> arrivals = new LinkedBlockingQueue<>();
    for (int i = 1; i < args.length; i++) {
      DeviceClient device = devices.get(i - 1);
      String id = args[i].replaceAll(".*DeviceId=([^;]+).*", "$1");
      device.setMessageCallback(
          (message, context) -> {
            taken.put(id, new String(message.getBytes()));
            arrivals.add(id);
            return IotHubMessageResult.COMPLETE;
          },
          null);
      device.subscribeToMethods((name, payload, context) -> new DirectMethodResponse(200, id), null);
      device.sendEvent(new Message("from " + id));
    }
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    System.out.println("listening");
    for (int i = 0; i < devices.size(); i++) arrivals.take();
    input.readLine();
    together.unregisterDeviceClient(devices.get(0));
    System.out.println("left");
    input.readLine();
    devices.get(1).sendEvent(new Message("still here"));
    together.close();
    System.out.println(new Gson().toJson(new TreeMap<>(taken)));
  }
}
