/**
 * Is told what happens during a build, as it happens. Texts come from builders and are not to be trusted; ANSI colours
 * are left in. Members that are left out cost nothing. A member that throws ends the conversation.
 */
export interface BuildListener {
  /**
   * One line of a build's log, without its end, cut at 1 MiB; what is not UTF-8 shows as U+FFFD.
   *
   * @param drvPath which build it is of: what the daemon said when it started it, undefined if it did not
   */
  onLogLine?(line: string, drvPath: string | undefined): void;
  /** `unpackPhase`, `buildPhase` and so on. */
  onPhase?(phase: string, drvPath: string | undefined): void;
  /** A builder was started. `machine` is `""`, or where that daemon sent the build in its turn. */
  onBuildStarted?(drvPath: string, machine: string): void;
  /** Its builder has ended; before Nix 2.27 this comes only when the whole operation does. */
  onBuildStopped?(drvPath: string): void;
  /** What the daemon waits for: a lock, build users, an upload slot. */
  onWaiting?(text: string): void;
  /** The daemon fetches a path from a cache. */
  onSubstitute?(path: string, cacheUri: string): void;
  /** What the daemon would print: warnings, notices. May hold several lines. */
  onMessage?(text: string): void;
}
