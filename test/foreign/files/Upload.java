// A device uploads files, says so, and reads them again. Names with blanks fail: getBlobUri makes plus signs of them.

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobClientBuilder;
import com.google.gson.Gson;
import com.microsoft.azure.sdk.iot.device.DeviceClient;
import com.microsoft.azure.sdk.iot.device.FileUploadCompletionNotification;
import com.microsoft.azure.sdk.iot.device.FileUploadSasUriRequest;
import com.microsoft.azure.sdk.iot.device.FileUploadSasUriResponse;
import com.microsoft.azure.sdk.iot.device.IotHubClientProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

public class Upload {
  public static void main(String[] args) throws Exception {
    DeviceClient device =
        new DeviceClient(System.getenv("IOTHUB_DEVICE_CONNECTION_STRING"), IotHubClientProtocol.HTTPS);
    List<Object> told = new ArrayList<>();
    for (String name : List.of("a.txt", "logs/c.txt")) {
      FileUploadSasUriResponse place = device.getFileUploadSasUri(new FileUploadSasUriRequest(name));
      BlobClient blob = new BlobClientBuilder().endpoint(place.getBlobUri().toString()).buildClient();
      blob.upload(BinaryData.fromString("hello world"), true);
      device.completeFileUpload(new FileUploadCompletionNotification(place.getCorrelationId(), true));
      told.add(List.of(place.getBlobName(), blob.downloadContent().toString()));
    }
    System.out.println(new Gson().toJson(Map.of("told", told)));
    System.exit(0);
  }
}
