import { attributePathOf } from '../attribute.ts';
import { cleanLine, cleanText } from '../escape/clean.ts';
import { clip, clipStart } from '../escape/clip.ts';
import type { JobReport, SourcePosition } from '../run-report.ts';

/** GitHub takes this many annotations a request; further requests add to them. */
export const ANNOTATIONS_PER_REQUEST = 50;
const TITLE_CHARACTERS = 250;
/** GitHub takes 64 KB; a reader takes less. */
const MESSAGE_CHARACTERS = 8000;

/** An annotation of a check run; the names are those of GitHub's API. */
export interface CheckAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: 'failure' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

/** Where a job's evaluation failed, if that is a file of the repository: others GitHub could not show. */
export function checkAnnotations(job: JobReport): readonly CheckAnnotation[] {
  if (job.outcome.kind !== 'evaluation-failed' || job.outcome.position === undefined) return [];
  const { position, message } = job.outcome;
  if (!isInRepository(position)) return [];
  return [
    {
      path: position.file,
      start_line: position.line,
      end_line: position.line,
      annotation_level: 'failure',
      title: clip(cleanLine(attributePathOf(job)), TITLE_CHARACTERS),
      message: clipStart(cleanText(message).trim(), MESSAGE_CHARACTERS) || 'evaluation failed',
    },
  ];
}

/** In the portions that one request takes. */
export function annotationBatches(
  annotations: readonly CheckAnnotation[],
): readonly (readonly CheckAnnotation[])[] {
  const count = Math.ceil(annotations.length / ANNOTATIONS_PER_REQUEST);
  return Array.from({ length: count }, (_, batch) =>
    annotations.slice(batch * ANNOTATIONS_PER_REQUEST, (batch + 1) * ANNOTATIONS_PER_REQUEST),
  );
}

function isInRepository({ file, line }: SourcePosition): boolean {
  return (
    line > 0 &&
    file !== '' &&
    !file.startsWith('/') &&
    !file.startsWith('«') &&
    !file.split('/').includes('..')
  );
}
