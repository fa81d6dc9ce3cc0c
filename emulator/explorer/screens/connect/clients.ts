/** An SDK or tool: how it trusts the hub, and the first thing to do with it. */
export interface ClientGuide {
  readonly id: string;
  readonly title: string;
  readonly install?: string;
  /** Variables of `iothub-emulator env` that it needs, or what to do instead. */
  readonly trust: string;
  readonly program: string;
  /** What to know. */
  readonly note?: string;
}

const ENV = 'eval "$(npx iothub-emulator env)"';

export const CLIENTS: readonly ClientGuide[] = [
  {
    id: 'node',
    title: 'Node',
    install: 'npm install azure-iot-device azure-iot-device-mqtt',
    trust: ENV,
    program: [
      "import device from 'azure-iot-device';",
      "import mqtt from 'azure-iot-device-mqtt';",
      '',
      'const client = device.Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, mqtt.Mqtt);',
      'await client.open();',
      'await client.sendEvent(new device.Message(JSON.stringify({ temperature: 21.5 })));',
      'await client.close();',
    ].join('\n'),
    note: 'Node reads NODE_EXTRA_CA_CERTS when it starts: set it before, not in the program.',
  },
  {
    id: 'python',
    title: 'Python',
    install: 'pip install azure-iot-device',
    trust: ENV,
    program: [
      'import os',
      'from azure.iot.device import IoTHubDeviceClient',
      '',
      'client = IoTHubDeviceClient.create_from_connection_string(os.environ["IOTHUB_DEVICE_CONNECTION_STRING"])',
      'client.connect()',
      'client.patch_twin_reported_properties({"greeting": "Hello from Python"})',
      'client.shutdown()',
    ].join('\n'),
  },
  {
    id: 'java',
    title: 'Java',
    install: 'com.microsoft.azure.sdk.iot:iot-device-client:2.5.0',
    trust: 'npx iothub-emulator trust --store java',
    program: [
      'DeviceClient client = new DeviceClient(System.getenv("IOTHUB_DEVICE_CONNECTION_STRING"), IotHubClientProtocol.MQTT);',
      'client.open(true);',
      'client.sendEvent(new Message("{\\"temperature\\": 21.5}"));',
      'client.close();',
    ].join('\n'),
  },
  {
    id: 'dotnet',
    title: '.NET',
    install: 'dotnet add package Microsoft.Azure.Devices.Client',
    trust: 'npx iothub-emulator trust --store os',
    program: [
      'using Microsoft.Azure.Devices.Client;',
      '',
      'var text = Environment.GetEnvironmentVariable("IOTHUB_DEVICE_CONNECTION_STRING");',
      'await using var client = DeviceClient.CreateFromConnectionString(text, TransportType.Mqtt);',
      'await client.SendEventAsync(new Message("{\\"temperature\\": 21.5}"u8.ToArray()));',
    ].join('\n'),
  },
  {
    id: 'az',
    title: 'az',
    install: 'az extension add --name azure-iot',
    trust: ENV,
    program: [
      'az iot hub query --query-command "SELECT * FROM devices" --login "$IOTHUB_CONNECTION_STRING"',
      'az iot hub device-twin show --device-id myDevice --login "$IOTHUB_CONNECTION_STRING"',
    ].join('\n'),
    note: 'Commands with --login need no Azure account.',
  },
  {
    id: 'mosquitto',
    title: 'mosquitto',
    trust: ENV,
    program: [
      'mosquitto_pub -h localhost -p 8883 --cafile "$IOTHUB_CA_FILE" -q 1 -i myDevice \\',
      '  -u \'localhost/myDevice/?api-version=2021-04-12\' -P "$TOKEN" \\',
      '  -t devices/myDevice/messages/events/ -m \'{"temperature": 21.5}\'',
    ].join('\n'),
    note: 'The password is a SAS token: make one under Tokens.',
  },
  {
    id: 'explorer',
    title: 'Azure IoT Explorer',
    trust: 'npx iothub-emulator trust --store os',
    program: 'Add the service connection string under “IoT hubs”, “Connect via IoT Hub connection string”.',
    note: 'It ends connection strings with a host name that it resolves itself: use the name “localhost”.',
  },
];
