/** Points, papers and attempts where no server keeps them, and how they are packed. Read by the type check only. */

interface Fraction { n: bigint; d: bigint }

interface FractionsModule {
  ZERO: bigint;
  ONE: bigint;
  /** In lowest terms, `d` positive. */
  fraction(n: bigint, d: bigint): Fraction;
  /** Nothing where `d` is 0. */
  ratio(n: number, d: number): Fraction;
  plus(a: Fraction, b: Fraction): Fraction;
  minus(a: Fraction, b: Fraction): Fraction;
  times(a: Fraction, b: Fraction): Fraction;
  /** Negative, 0 or positive. */
  order(a: Fraction, b: Fraction): number;
  write(a: Fraction): string;
  /** Of `"19/2"`, `"9"` or a plain decimal such as `"-0.5"`. */
  read(text: string): Fraction;
  /** Ten to the power of `places`. */
  power(places: number): bigint;
  /** `earned` of `possible` per cent, two decimals, half up. */
  decimals(earned: Fraction, possible: Fraction): string;
}

interface ReadingModule {
  /** The form in which short answers are compared. */
  foldText(text: string): string;
  /** The exact value of a number as people write it, or null. */
  parseNumber(text: string): Fraction | null;
  /** Every value that a text may stand for: “5,000” is five to one reader, five thousand to another. */
  numberReadings(text: string): Fraction[];
}

interface GradingModule {
  grade(question: Question, answer: Answer): Result;
  /** Earned and possible points of a quiz, and the score, such as `"66.67"`. */
  score(questions: Question[], results: Results): { earned: string; possible: string; value: string };
  total(pairs: string[][]): { earned: string; possible: string };
  possible(questions: Question[]): string;
  value(earned: string, possible: string): string;
  /** Whether score `value` reaches `mastery`, both decimals. */
  reaches(value: string, mastery: string): boolean;
}

interface PapersModule {
  draw(info: UnitInfo, seed: number): Paper;
  fresh(info: UnitInfo): Paper;
  /** The questions of a paper, in its order. */
  drawn(info: UnitInfo, paper: Paper | undefined): Question[];
  /** The same as a learner sees them: the choices too in the paper's order. */
  asked(info: UnitInfo, paper: Paper | undefined): Question[];
  /** The questions of the attempt that is open or may begin. */
  present(info: UnitInfo, state: UnitState): Question[];
  /** How many questions each attempt asks. */
  number(info: UnitInfo): number;
  /** The points of each attempt. */
  possible(info: UnitInfo): string;
  /** The scored questions of an attempt by what they are about, as far as there are results. */
  byOutcome(info: UnitInfo, attempt: Attempt): { outcome: { id: string; text: string }; questions: Question[] }[];
  /** Whether explanations are shown by now. */
  explains(info: UnitInfo, state: UnitState): boolean;
}

interface Engine {
  state: State;
  /** A copy of it, or of one unit's. */
  whole(): State;
  unit(id: string): UnitState;
  /** Takes over what was done elsewhere, `older` where drafts here are newer; the units that changed. */
  merge(other: State, older: boolean): string[];
  language(tag: string): void;
  progress(unit: string, progress: { page: string | null; seen: string[] }): UnitState;
  answers(unit: string, answers: Answers): UnitState;
  check(unit: string, question: string, answer: Answer): Result;
  handIn(unit: string, answers: Answers): UnitState;
}

interface Overall { completion: Completion; success: Success; value: string | null; progress: number }

interface EngineModule {
  create(start: State | null): Engine;
  overall(state: State): Overall;
  /** Feedback in the language that the document is shown in; what was earned stays. */
  retell(state: State): void;
}

interface BitWriter {
  /** At most 30 bits. */
  put(value: number, bits: number): void;
  /** Any whole number from 0. */
  count(value: number): void;
  hash(hash: string): void;
  end(): string;
}

interface BitReader {
  /** Bits that are left, padding included. */
  left(): number;
  take(bits: number): number;
  count(): number;
  hash(): string;
}

interface BitsModule {
  writer(): BitWriter;
  reader(text: string): BitReader;
  /** Two characters. */
  checksum(text: string): string;
}

interface NumbersModule {
  /** Whether its answer is text. */
  isText(question: Question): boolean;
  /** In bits, of each number of an answer. */
  widths(question: Question): number[];
  /** As many as `widths`. */
  numbers(question: Question, answer: Answer): number[];
  answerOf(question: Question, found: number[]): Answer | null;
  textOf(question: Question, answer: Answer): string;
  answerOfText(question: Question, text: string): Answer | null;
  /** UTF-8. */
  bytes(text: string): number[];
}

interface PackModule {
  /** Suspend data of at most `limit` characters; `dropped` where not everything had room. */
  encode(state: State, limit: number): { text: string; dropped: boolean };
  /** The state, or null for what this player did not write; `changed` where the course is another version. */
  decode(text: string): { state: State; changed: boolean } | null;
}
