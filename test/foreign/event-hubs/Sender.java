// A device sends a message that has everything which a message can have. Argument: the protocol.

import com.microsoft.azure.sdk.iot.device.ClientOptions;
import com.microsoft.azure.sdk.iot.device.DeviceClient;
import com.microsoft.azure.sdk.iot.device.IotHubClientProtocol;
import com.microsoft.azure.sdk.iot.device.Message;
import java.time.Instant;
import java.util.Date;

public class Sender {
  public static void main(String[] args) throws Exception {
    DeviceClient device =
        new DeviceClient(
            System.getenv("IOTHUB_DEVICE_CONNECTION_STRING"),
            IotHubClientProtocol.valueOf(args[0]),
            ClientOptions.builder().sendInterval(5).receiveInterval(5).build());
    device.open(false);
    Message message = new Message("{\"reading\":21.5}");
    message.setMessageId("reading 1/2");
    message.setCorrelationId("c 1");
    message.setUserId("u1");
    message.setContentType("application/json");
    // sets the encoding, too
    message.setAsSecurityMessage();
    message.setContentEncoding("utf-8");
    message.setCreationTimeUTC(Date.from(Instant.parse("2026-01-02T03:04:05.678Z")));
    message.setComponentName("thermostat");
    message.setProperty("place", "hall = 7 & cellar");
    device.sendEvent(message);
    device.close();
    System.out.println("{}");
    System.exit(0);
  }
}
