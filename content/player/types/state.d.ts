/** What the player keeps, and the Tracker that each medium implements. Read by the type check only. */

/** An answer as content/grading.py reads it. */
type Answer = unknown;

type Answers = { [question: string]: Answer };
interface Feedback { part: string; html: Html }

interface Result {
  credit: string | null;
  parts: { [part: string]: boolean };
  feedback: Feedback[];
  model_answer_html?: Html;
}

type Results = { [question: string]: Result };
type Completion = 'incomplete' | 'completed';
type Success = 'unknown' | 'passed' | 'failed';
type Mode = 'normal' | 'review' | 'browse';

/** What an attempt asks, in order; where there is none, the whole quiz. */
interface Paper { seed: number; questions: string[] }

interface Attempt {
  number: number;
  paper?: Paper;
  earned: string;
  possible: string;
  value: string;
  handed_in: string;
  results: Results;
  answers?: Answers;
}

interface OpenAttempt { number: number; answers: Answers; paper?: Paper }

interface UnitState {
  page: string | null;
  seen: string[];
  attempts: Attempt[];
  open: OpenAttempt | null;
  /** The paper of the attempt that may begin. */
  next?: Paper;
  attempts_allowed: number;
  completion: Completion;
  success: Success;
  value: string | null;
  /** Whether answers are no longer taken: the LTI tool's dates. */
  closed?: boolean;
}

interface State {
  units: { [unit: string]: UnitState };
  at?: string | null;
  /** Where the learner has chosen one. */
  language?: string;
}

/** How saving goes; the key of a string `save.…`. */
type SaveStatus = 'saving' | 'saved' | 'unsaved' | 'offline' | 'expired' | 'full';

interface Started {
  state: State;
  mode: Mode;
  learner: { name: string } | null;
  /** Key of a string `notice.…`, or null. */
  notice: string | null;
  /** Those that the LMS says the learner prefers, best first. */
  languages?: string[];
}

interface Tracker {
  start(): Promise<Started>;
  saveProgress(unit: string, progress: { page: string | null; seen: string[] }): Promise<UnitState | null>;
  saveAnswers(unit: string, answers: Answers): Promise<UnitState | null>;
  check(unit: string, question: string, answer: Answer): Promise<Result>;
  handIn(unit: string, answers: Answers): Promise<UnitState>;
  /** While one writes, and nothing is saved yet: on the device. Not in LTI. */
  keepAnswers?(unit: string, answers: Answers): void;
  /** Where the document has several languages. */
  saveLanguage?(tag: string): void;
  suspend(): void;
  finish(): void;
  /** Set by the player: told how saving goes, and of unit states that changed behind it. */
  onStatus: (status: SaveStatus) => void;
  onState: (unit: string, state: UnitState) => void;
}
