import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { randomBytes } from 'node:crypto';
import type { EvaluationBuild, EvaluationCost } from '../job.ts';
import { END_LINE, helperLines } from './expressions.ts';
import { repl, type FlakeSource } from './load-flake.ts';
import { startError } from './nix-command.ts';
import { parseNixLogLine, plainText, type NixLogLine } from './nix-log.ts';
import { readLines } from './read-lines.ts';
import { residentMemoryBytes } from './resident-memory.ts';

/** Bounds of one evaluator. */
export interface EvaluatorLimits {
  /** Resident memory. The garbage collector is held to it too, so that it collects before it grows. */
  readonly maxMemoryBytes: number;
  /** For one question; undefined: none. */
  readonly timeoutMs: number | undefined;
}

/** Why an evaluator ended by itself or was ended. */
export type DeathReason = 'crashed' | 'out-of-memory' | 'timed-out' | 'stopped';

/** How a question ended. */
export type Outcome =
  | { readonly kind: 'answered'; readonly json: string }
  /** Nix reported an error and is ready for the next question. */
  | { readonly kind: 'refused'; readonly error: string }
  /** The evaluator is gone. */
  | { readonly kind: 'died'; readonly reason: DeathReason; readonly error: string };

/** How a question ended, and what was seen meanwhile. */
export interface Reply {
  readonly outcome: Outcome;
  /** Warnings and traces. */
  readonly warnings: readonly string[];
  /** Derivations that evaluation had to build (import from derivation). */
  readonly builds: readonly EvaluationBuild[];
  readonly cost: EvaluationCost;
}

interface Question {
  /** Without one it is refused; loading has none. */
  readonly wantsAnswer: boolean;
  readonly settle: (reply: Reply) => void;
  readonly startedAtMs: number;
  readonly memoryBytes: number | undefined;
  readonly warnings: string[];
  readonly builds: EvaluationBuild[];
  readonly errors: string[];
  /** What programs that Nix runs (git, ssh), and a dying Nix, wrote past its log. */
  readonly strayLines: string[];
  json: string | undefined;
}

const MEMORY_CHECK_MS = 250;
/** More than the answer about any set of packages. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
/** Of what a flake prints without end. */
const MAX_NOTES = 1000;
const MAX_NOTE_LENGTH = 16 * 1024;

const OTHER_FORMAT = 'error: Nix does not write its log in the format that it was told to: look at nix_args';

/** One `nix repl` that holds one flake: it survives errors, keeps what it evaluated, and is asked one thing at a time. */
export class Evaluator {
  readonly #child: ChildProcessByStdio<Writable, null, Readable>;
  readonly #nonce = randomBytes(16).toString('hex');
  readonly #limits: EvaluatorLimits;
  readonly #prelude: readonly string[];
  #question: Question | undefined;
  #death: { readonly reason: DeathReason; readonly error: string } | undefined;
  #ending: DeathReason | undefined;
  #lastMemoryBytes: number | undefined;
  #answered = 0;

  /** Starts the process; {@link Evaluator.load} has to come next. */
  constructor(source: FlakeSource, limits: EvaluatorLimits) {
    this.#limits = limits;
    const { words, environment, lines, helperLayout } = repl(source, limits.maxMemoryBytes);
    this.#prelude = [...lines, ...helperLines(this.#nonce, helperLayout)];
    this.#child = spawn(source.nix.program, words, {
      cwd: source.nix.directory,
      env: environment,
      // Standard output is the REPL's echo.
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    // A dying evaluator is told of by its `close` event.
    this.#child.stdin.on('error', () => undefined);
    readLines(this.#child.stderr, MAX_LINE_BYTES, (line) => {
      this.#read(parseNixLogLine(line));
    });
    this.#child.on('error', (error) => {
      this.#die('crashed', startError(error, source.nix).message);
    });
    this.#child.on('close', (code, signal) => {
      this.#die(this.#ending ?? 'crashed', `the evaluator ended with ${signal ?? `exit code ${code}`}`);
    });
  }

  /** Loads the flake; the reply's outcome is `answered` when that worked. */
  load(): Promise<Reply> {
    return this.#send(this.#prelude, false);
  }

  /** Nothing has been asked yet: what kills it now is to blame for it alone. */
  get isFresh(): boolean {
    return this.#answered === 0;
  }

  get isAlive(): boolean {
    return this.#death === undefined && this.#ending === undefined;
  }

  get memoryBytes(): number | undefined {
    return this.#child.pid === undefined ? undefined : residentMemoryBytes(this.#child.pid);
  }

  /** Asks one question, a line for the REPL that has no newline. Never rejects. One question at a time. */
  async ask(line: string): Promise<Reply> {
    const reply = await this.#send([line], true);
    this.#answered += 1;
    return reply;
  }

  /** Ends the process; a running question is replied to as died. */
  stop(reason: DeathReason = 'stopped'): void {
    if (this.#death !== undefined || this.#ending !== undefined) return;
    this.#ending = reason;
    // It writes nothing that a kill could tear: what it instantiates goes into the store in transactions. On SIGTERM it would linger.
    this.#child.kill('SIGKILL');
  }

  #send(lines: readonly string[], wantsAnswer: boolean): Promise<Reply> {
    return new Promise((resolve) => {
      const { timeoutMs } = this.#limits;
      const timeout =
        timeoutMs === undefined ? undefined : setTimeout(() => this.stop('timed-out'), timeoutMs);
      const watch = setInterval(() => {
        if ((this.memoryBytes ?? 0) > this.#limits.maxMemoryBytes) this.stop('out-of-memory');
      }, MEMORY_CHECK_MS);
      this.#question = {
        wantsAnswer,
        settle: (reply) => {
          clearTimeout(timeout);
          clearInterval(watch);
          this.#question = undefined;
          resolve(reply);
        },
        startedAtMs: performance.now(),
        memoryBytes: this.#lastMemoryBytes,
        warnings: [],
        builds: [],
        errors: [],
        strayLines: [],
        json: undefined,
      };
      if (this.#death === undefined) this.#child.stdin.write(`${[...lines, END_LINE].join('\n')}\n`);
      else this.#settle({ kind: 'died', ...this.#death });
    });
  }

  #read(line: NixLogLine): void {
    const question = this.#question;
    if (question === undefined) return;
    switch (line.kind) {
      case 'trace':
        if (line.text === `${this.#nonce}end`) this.#settleAnswered(question);
        else if (line.text.startsWith(this.#nonce)) question.json = line.text.slice(this.#nonce.length);
        else keepFirst(question.warnings, plainText(line.text.slice(0, MAX_NOTE_LENGTH)));
        return;
      case 'warning':
        keepFirst(question.warnings, line.text);
        return;
      case 'error':
        keepLast(question.errors, line.text);
        return;
      case 'raw':
        // Nobody would hear the end of anything.
        if (line.text === `trace: ${this.#nonce}end`) {
          this.#settle({ kind: 'refused', error: OTHER_FORMAT });
          return;
        }
        if (line.text.trim() !== '') keepLast(question.strayLines, line.text);
        return;
      case 'build-started':
        this.#noteBuild(question, line);
        return;
      case 'notice':
      case 'activity':
    }
  }

  /** A machine says of itself, too, that it builds what it was sent. */
  #noteBuild({ builds }: Question, { drvPath, machine }: NixLogLine & { kind: 'build-started' }): void {
    if (machine === '' && builds.some((build) => build.drvPath === drvPath)) return;
    builds.push({ drvPath, machine, startedAtMs: Date.now() });
  }

  #settleAnswered(question: Question): void {
    // The last error is the answer's; those before it tell of what it was made of (a failed build).
    const stray = question.wantsAnswer ? question.strayLines.at(-1) : undefined;
    const error = question.errors.at(-1) ?? stray;
    if (question.json === undefined && error !== undefined) this.#settle({ kind: 'refused', error });
    else this.#settle({ kind: 'answered', json: question.json ?? '' });
  }

  #die(reason: DeathReason, fallback: string): void {
    if (this.#death !== undefined) return;
    const said = [...(this.#question?.errors ?? []), ...(this.#question?.strayLines ?? [])].join('\n');
    const isMemory = reason === 'crashed' && /out of memory|bad_alloc|GC Warning/i.test(said);
    this.#death = { reason: isMemory ? 'out-of-memory' : reason, error: said === '' ? fallback : said };
    this.#settle({ kind: 'died', ...this.#death });
  }

  #settle(outcome: Outcome): void {
    const question = this.#question;
    if (question === undefined) return;
    const memory = this.memoryBytes;
    this.#lastMemoryBytes = memory;
    const before = question.memoryBytes;
    question.settle({
      outcome,
      warnings: question.warnings,
      builds: question.builds,
      cost: {
        seconds: (performance.now() - question.startedAtMs) / 1000,
        memoryBytes: memory === undefined || before === undefined ? undefined : Math.max(0, memory - before),
      },
    });
  }
}

function keepFirst(notes: string[], note: string): void {
  if (notes.length < MAX_NOTES) notes.push(note.slice(0, MAX_NOTE_LENGTH));
}

function keepLast(notes: string[], note: string): void {
  if (notes.length >= MAX_NOTES) notes.shift();
  notes.push(note.slice(0, MAX_NOTE_LENGTH));
}
