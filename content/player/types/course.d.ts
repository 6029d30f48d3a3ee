/** What the document gives the player: the course, its questions, its words. Read by the type check only. */

type Medium = 'lti' | 'scorm12' | 'scorm2004' | 'cmi5' | 'web' | 'local';
type Plural = { zero?: string; one?: string; two?: string; few?: string; many?: string; other: string };
type Html = string;
interface ChoiceView { id: string; html: Html }
interface GapView { id: string; choices: ChoiceView[] }
interface StepView { id: string; prompt_html: Html; choices: ChoiceView[] }
interface Keyed { correct: string; feedback: { [choice: string]: Html } }

/** What grading needs; only where the document grades by itself. */
interface Key {
  correct?: string | string[];
  feedback?: { [part: string]: Html };
  answer?: boolean;
  if_true?: Html;
  if_false?: Html;
  right?: { [pair: string]: string };
  order?: string[];
  value?: string;
  tolerance?: string;
  unit?: string | null;
  mistakes?: { value: string; html: Html }[];
  if_right?: Html;
  if_wrong?: Html;
  gaps?: { [gap: string]: Keyed };
  steps?: { [step: string]: Keyed };
  accepted?: string[];
  model_answer_html?: Html;
}

type QuestionType =
  'single-choice' | 'multiple-choice' | 'true-false' | 'matching' | 'ordering' | 'numeric' | 'cloze' | 'short-text' | 'scenario';

interface Question {
  id: string;
  /** Short hash of the id and of the structure that an answer depends on. */
  h: string;
  type: QuestionType;
  points: number;
  scored: boolean;
  outcome: string | null;
  /** The pool that it is drawn from; absent: always asked. */
  pool?: string;
  prompt_html: Html;
  choices?: ChoiceView[];
  reasons?: ChoiceView[];
  pairs?: ChoiceView[];
  options?: ChoiceView[];
  items?: ChoiceView[];
  units?: ChoiceView[];
  text_html?: Html;
  gaps?: GapView[];
  steps?: StepView[];
  key?: Key;
}

/** How an attempt goes; content/model.py, QuizRules. `papers`: whether attempts differ. */
interface Rules {
  papers: boolean;
  shuffle_questions: boolean;
  shuffle_choices: boolean;
  feedback: 'each-attempt' | 'last-attempt' | 'never';
  pools: { id: string; draw: number }[];
}

interface PageInfo { id: string; h: string; title: string; outcomes: string[] }

interface UnitInfo {
  id: string;
  h: string;
  title: string;
  mastery_score: string;
  attempts: number;
  pages: PageInfo[];
  quiz: Question[];
  checks: Question[];
  outcomes: { id: string; text: string }[];
  rules: Rules;
}

interface CourseData {
  version: number;
  digest: string;
  language: string;
  direction: 'ltr' | 'rtl';
  languages: string[];
  /** The languages inside this document; `src` the script of each but the first. */
  switch: { tag: string; name: string; src: string | null }[];
  /** Of the document, and of its printed pages. */
  title: string;
  print_title: string;
  medium: Medium;
  config: { [name: string]: unknown };
  course: { id: string; title: string; mastery_score: string };
  units: UnitInfo[];
  glossary: { [id: string]: { term: string; definition_html: Html } };
  strings: { [key: string]: string | Plural };
}

/** Where the document leads to besides itself; the medium says. */
interface Links {
  me: string | null;
  languages: { tag: string; name: string; url: string }[];
}
