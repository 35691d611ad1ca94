/** Parts of ssh2 that it does not declare, as version 1.17.0 has them. */

declare module 'ssh2/lib/protocol/constants.js' {
  const constants: {
    /** What a client may be told to offer; looked at when it is. */
    readonly SUPPORTED_SERVER_HOST_KEY: string[];
  };
  export default constants;
}

declare module 'ssh2/lib/protocol/utils.js' {
  const utils: {
    /** Sends a packet, or keeps it while keys are exchanged. */
    sendPacket(protocol: object, packet: Buffer): boolean;
  };
  export default utils;
}
