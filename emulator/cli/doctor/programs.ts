/** Prints on one line how a handshake ended: a client with default options, as SDKs use it. */
export const NODE = `
const [host, port] = process.argv.slice(1);
const tell = (found) => { console.log(JSON.stringify({ version: process.version, ...found })); process.exit(); };
const socket = require('node:tls').connect({ host, port: Number(port), servername: host }, () =>
  tell(socket.authorized ? {} : { acceptsAll: true }));
socket.setTimeout(5000, () => tell({ error: 'timed out' }));
socket.on('error', (error) => tell({ error: error.code || error.message }));
`;

/** The same for the ssl module and for packages that have roots of their own. */
export const PYTHON = `
import sys
sys.path[:1] = []
import importlib.util, json, platform, socket, ssl
host, port = sys.argv[1], int(sys.argv[2])
found = {'version': platform.python_version()}

def has(name):
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:
        return False

def tell(key, knock):
    try:
        knock()
        found[key] = None
    except Exception as error:
        found[key] = '%s: %s' % (type(error).__name__, error)

def shake(**roots):
    with socket.create_connection((host, port), 5) as raw:
        ssl.create_default_context(**roots).wrap_socket(raw, server_hostname=host).close()

def fetch():
    import requests
    requests.get('https://%s:%d/' % (host, port), timeout=5)

def certified():
    import certifi
    shake(cafile=certifi.where())

tell('ssl', shake)
if has('requests'):
    tell('requests', fetch)
if has('uamqp') or has('azure.eventhub'):
    tell('certifi', certified)
print(json.dumps(found))
`;
