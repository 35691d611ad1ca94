/**
 * A program that joins its standard streams to a unix socket, in a file of its own: whoever starts it (Nix, as the far end of an ssh that
 * never happens) can be told no more than its path.
 *
 * @param node the Node that runs us, which may not be on anybody's PATH
 */
export function connectorScript(node: string, socketPath: string): string {
  return `#!${node}
const socket = require('node:net').connect(${JSON.stringify(socketPath)});
process.stdin.pipe(socket);
socket.pipe(process.stdout);
socket.on('error', (error) => {
  console.error('the builder is not there any more: ' + error.message);
  process.exit(1);
});
socket.on('close', () => process.exit(0));
`;
}
