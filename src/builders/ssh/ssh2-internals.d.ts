/** A part of ssh2 that it does not declare, as version 1.17.0 has it. */
declare module 'ssh2/lib/protocol/constants.js' {
  const constants: {
    /** What a client may be told to offer; looked at when it is. */
    readonly SUPPORTED_SERVER_HOST_KEY: string[];
  };
  export default constants;
}
