import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { childEnvironment } from '../../child-environment.ts';
import { DispatchError } from '../../errors.ts';
import { isAnswer, type Answer, type Order } from './messages.ts';

/**
 * Starts the process that stays. It gets what it has to know, secrets too, over a channel between the two processes: not as an argument,
 * not as a variable, not in a file.
 *
 * @param program file of the bundle
 * @param onLog takes what people should read while they wait
 * @throws DispatchError `local` when it ends without an answer
 */
export function startBackground(
  program: URL,
  order: Order,
  environment: NodeJS.ProcessEnv,
  onLog: (line: string) => void,
): Promise<Exclude<Answer, { kind: 'log' }>> {
  const child = fork(fileURLToPath(program), [], {
    detached: true,
    env: childEnvironment(environment),
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2000);
  });
  return new Promise((resolve, reject) => {
    const letGo = (): void => {
      child.removeAllListeners();
      if (child.connected) child.disconnect();
      child.stderr?.destroy();
      child.unref();
    };
    child.on('message', (message) => {
      if (!isAnswer(message)) return;
      if (message.kind === 'log') return onLog(message.line);
      letGo();
      resolve(message);
    });
    const fail = (why: string): void => {
      letGo();
      reject(
        new DispatchError(
          'local',
          `the background process ${why}${errors === '' ? '' : `: ${errors.trim()}`}`,
        ),
      );
    };
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('close', (code) => fail(`ended with exit code ${code ?? 'none'} before it was ready`));
    child.send(order);
  });
}
