/** Longest string a peer may send, bytes: names, messages, log lines and realisations are far smaller (protocol §19.4). */
export const MAX_STRING_BYTES = 64 * 1024 * 1024;

/** Of longer texts that are only shown (log lines, activities), this much is kept, bytes. */
export const MAX_SHOWN_BYTES = 1024 * 1024;

/** Most items a list, set or map may announce. */
export const MAX_ITEMS = 1_000_000;

/** Most bytes that one message or one reply may take, so that a lying peer cannot fill the memory. */
export const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/** Bytes of data in one frame (protocol §5): the receiver allocates a frame whole. */
export const MAX_FRAME_BYTES = 64 * 1024;
