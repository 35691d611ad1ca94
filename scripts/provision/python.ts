import { join } from 'node:path';
import { findExecutable, mustRun, runCommand } from './command.ts';
import { installPackages } from './packages.ts';

/** Makes a folder into which packages of Python can be installed. */
export async function createPythonEnvironment(folder: string): Promise<void> {
  const command = ['python3', '-m', 'venv', folder];
  // Debian has Python without venv's parts, and no Python at all on small systems.
  if (findExecutable('python3') !== undefined && (await runCommand(command)).code === 0) return;
  await installPackages(['python3-venv']);
  await mustRun(command);
}

/** Installs packages from PyPI into such a folder; nothing is compiled. */
export async function pip(environment: string, packages: readonly string[]): Promise<void> {
  const options = ['--quiet', '--disable-pip-version-check', '--only-binary', ':all:'];
  await mustRun([join(environment, 'bin', 'pip'), 'install', ...options, ...packages]);
}
