const LOOKS_PER_LIMIT = 8;

/** Watches a peer that may stop answering while its connection lives on. */
export interface SilenceWatch {
  /** Something came, or went out. */
  heard(): void;
  stop(): void;
}

/**
 * Looks now and then whether the peer owes us something and has been silent for as long as it may.
 *
 * @param owes whether it is its turn; time in which it is not does not count
 * @param onSilence called once
 */
export function watchSilence(limitMs: number, owes: () => boolean, onSilence: () => void): SilenceWatch {
  let heardAt = performance.now();
  const timer = setInterval(() => {
    if (!owes()) heardAt = performance.now();
    if (performance.now() - heardAt < limitMs) return;
    clearInterval(timer);
    onSilence();
  }, limitMs / LOOKS_PER_LIMIT);
  timer.unref();
  return {
    heard() {
      heardAt = performance.now();
    },
    stop: () => clearInterval(timer),
  };
}
