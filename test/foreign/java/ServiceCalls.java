// Every call of the service clients, with its result. Argument: the id of a device that exists.

import com.google.gson.Gson;
import com.microsoft.azure.sdk.iot.device.DeviceClient;
import com.microsoft.azure.sdk.iot.device.IotHubClientProtocol;
import com.microsoft.azure.sdk.iot.device.twin.DirectMethodResponse;
import com.microsoft.azure.sdk.iot.service.auth.AuthenticationType;
import com.microsoft.azure.sdk.iot.service.configurations.Configuration;
import com.microsoft.azure.sdk.iot.service.configurations.ConfigurationContent;
import com.microsoft.azure.sdk.iot.service.configurations.ConfigurationsClient;
import com.microsoft.azure.sdk.iot.service.jobs.DirectMethodsJobOptions;
import com.microsoft.azure.sdk.iot.service.jobs.ScheduledJob;
import com.microsoft.azure.sdk.iot.service.jobs.ScheduledJobStatus;
import com.microsoft.azure.sdk.iot.service.jobs.ScheduledJobType;
import com.microsoft.azure.sdk.iot.service.jobs.ScheduledJobsClient;
import com.microsoft.azure.sdk.iot.service.methods.DirectMethodsClient;
import com.microsoft.azure.sdk.iot.service.query.QueryClient;
import com.microsoft.azure.sdk.iot.service.query.QueryPageOptions;
import com.microsoft.azure.sdk.iot.service.registry.Device;
import com.microsoft.azure.sdk.iot.service.registry.DeviceStatus;
import com.microsoft.azure.sdk.iot.service.registry.Module;
import com.microsoft.azure.sdk.iot.service.registry.RegistryClient;
import com.microsoft.azure.sdk.iot.service.twin.Twin;
import com.microsoft.azure.sdk.iot.service.twin.TwinClient;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

public class ServiceCalls {
  static final String SERVICE = System.getenv("IOTHUB_CONNECTION_STRING");
  static final Map<String, Object> REPORT = new LinkedHashMap<>();

  public static void main(String[] args) throws Exception {
    try {
      run(args[0]);
    } catch (Throwable error) {
      error.printStackTrace();
      // threads of the device client outlive an error
      System.exit(1);
    }
    System.out.println(new Gson().toJson(REPORT));
    System.exit(0);
  }

  static void run(String id) throws Exception {
    DeviceClient client =
        new DeviceClient(System.getenv("IOTHUB_DEVICE_CONNECTION_STRING"), IotHubClientProtocol.MQTT);
    client.open(false);
    client.subscribeToMethods((name, payload, context) -> new DirectMethodResponse(200, name), null);
    registry(id);
    twins(id);
    queries(id);
    methods(id);
    jobs(id);
    configurations(id);
    client.close();
  }

  static void registry(String id) throws Exception {
    RegistryClient registry = new RegistryClient(SERVICE);
    Device added = registry.addDevice(new Device(id + "-x", AuthenticationType.SELF_SIGNED));
    added.setStatus(DeviceStatus.Disabled);
    Device updated = registry.updateDevice(added);
    Device got = registry.getDevice(id + "-x");
    REPORT.put("device", List.of(got.getStatus(), got.getETag().equals(updated.getETag())));
    registry.addModule(new Module(id, "cam"));
    Module module = registry.getModule(id, "cam");
    REPORT.put("module", registry.updateModule(module).getDeviceId().equals(id));
    REPORT.put("modules", registry.getModulesOnDevice(id).stream().map(Module::getId).toList());
    REPORT.put("statistics", registry.getStatistics().getDisabledDeviceCount() >= 1);
    registry.removeModule(id, "cam");
    registry.removeDevice(got);
    registry.addModule(new Module(id, "mic"));
  }

  static void twins(String id) throws Exception {
    TwinClient twins = new TwinClient(SERVICE);
    Twin patch = new Twin(id);
    patch.getTags().put("place", Map.of("floor", 3));
    patch.getDesiredProperties().put("rate", 5);
    patch.getDesiredProperties().put("old", true);
    Twin patched = twins.patch(patch);
    // all that was read is sent back, with its etag
    patched.getDesiredProperties().put("old", null);
    Twin again = twins.patch(patched);
    REPORT.put("patched", List.of(again.getTags(), again.getDesiredProperties(), again.getDesiredProperties().getVersion()));
    REPORT.put("metadata", again.getDesiredProperties().getTwinMetadata("rate").getLastUpdatedVersion());
    Twin other = new Twin(id);
    other.getTags().put("place", "yard");
    Twin replaced = twins.replace(other);
    REPORT.put("replaced", List.of(replaced.getTags(), replaced.getDesiredProperties()));
    Twin module = new Twin(id, "mic");
    module.getDesiredProperties().put("gain", 0.5);
    REPORT.put("moduleTwin", twins.patch(module).getDesiredProperties());
    REPORT.put("got", List.of(twins.get(id).getStatus(), twins.get(id, "mic").getModuleId()));
  }

  static void queries(String id) throws Exception {
    RegistryClient registry = new RegistryClient(SERVICE);
    for (int i = 0; i < 5; i++) registry.addDevice(new Device(id + "-" + i, AuthenticationType.SAS));
    QueryClient queries = new QueryClient(SERVICE);
    QueryPageOptions two = QueryPageOptions.builder().pageSize(2).build();
    List<String> paged = new ArrayList<>();
    var twins = queries.queryTwins("SELECT * FROM devices WHERE STARTSWITH(deviceId, '" + id + "-')", two);
    while (twins.hasNext()) paged.add(twins.next().getDeviceId().substring(id.length()));
    REPORT.put("paged", new TreeSet<>(paged));
    List<String> raw = new ArrayList<>();
    var rows = queries.queryRaw("SELECT COUNT() AS n FROM devices WHERE STARTSWITH(deviceId, '" + id + "-')");
    while (rows.hasNext()) raw.add(rows.next());
    REPORT.put("raw", raw);
  }

  static void methods(String id) throws Exception {
    var answer = new DirectMethodsClient(SERVICE).invoke(id, "wave");
    REPORT.put("method", List.of(answer.getStatus(), answer.getPayload(String.class)));
  }

  static void jobs(String id) throws Exception {
    ScheduledJobsClient jobs = new ScheduledJobsClient(SERVICE);
    Twin update = new Twin();
    update.getDesiredProperties().put("job", 1);
    jobs.scheduleUpdateTwin(id + "-twin", "deviceId='" + id + "'", update, new Date(), 60);
    jobs.scheduleDirectMethod(
        id + "-method",
        "deviceId='" + id + "'",
        "blink",
        new Date(),
        DirectMethodsJobOptions.builder().maxExecutionTimeSeconds(60).build());
    jobs.scheduleUpdateTwin(id + "-later", "*", update, new Date(System.currentTimeMillis() + 3_600_000), 60);
    REPORT.put("cancelled", jobs.cancel(id + "-later").getJobStatus());
    REPORT.put("twinJob", List.of(await(jobs, id + "-twin").getJobStatus(), jobs.get(id + "-twin").getJobStatistics().getSucceededCount()));
    REPORT.put("methodJob", await(jobs, id + "-method").getJobStatus());
    List<String> found = new ArrayList<>();
    var completed = jobs.query(ScheduledJobType.scheduleDeviceMethod, ScheduledJobStatus.completed);
    while (completed.hasNext()) found.add(completed.next().getJobId().substring(id.length()));
    REPORT.put("jobs", found);
    List<Object> rows = new ArrayList<>();
    // a row with the outcome of a method makes the client throw a NullPointerException
    var byDevice = jobs.query("SELECT * FROM devices.jobs WHERE devices.jobs.jobId = '" + id + "-twin'");
    while (byDevice.hasNext()) {
      ScheduledJob row = byDevice.next();
      rows.add(List.of(row.getDeviceId().equals(id), row.getJobType(), row.getJobStatus()));
    }
    REPORT.put("jobRows", rows);
  }

  /** Waits for the end of a job. */
  static ScheduledJob await(ScheduledJobsClient jobs, String jobId) throws Exception {
    for (int i = 0; i < 300; i++) {
      ScheduledJob job = jobs.get(jobId);
      if (job.getJobStatus() == ScheduledJobStatus.completed || job.getJobStatus() == ScheduledJobStatus.failed) return job;
      Thread.sleep(100);
    }
    throw new IllegalStateException(jobId + " did not end");
  }

  static void configurations(String id) throws Exception {
    ConfigurationsClient configurations = new ConfigurationsClient(SERVICE);
    Configuration wanted = new Configuration("night");
    ConfigurationContent content = new ConfigurationContent();
    content.setDeviceContent(new HashMap<>(Map.of("properties.desired.night", Map.of("on", true))));
    wanted.setContent(content);
    wanted.setTargetCondition("deviceId = '" + id + "'");
    wanted.setPriority(10);
    Configuration created = configurations.create(wanted);
    created.setPriority(11);
    configurations.replace(created);
    REPORT.put("configuration", configurations.get("night").getPriority());
    REPORT.put("configurations", configurations.get(10).stream().map(Configuration::getId).toList());
    configurations.delete("night");
  }
}
