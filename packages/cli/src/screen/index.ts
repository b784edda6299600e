export { fixed, millions, NONE, percent, perSecond, size, uptime } from './numbers.ts';
export { type Pace, press } from './pace.ts';
export { openProgress, type Progress } from './progress.ts';
export { isTerminal, type Listener, openScreen, type Screen, type Size } from './screen.ts';
export { runSession, type SessionSetup } from './session.ts';
export { type Column, drawParts, drawTable, heightsOf, type Line, type Row, type Table } from './table.ts';
export { TerminalLine } from './terminal-line.ts';
export { clean, cut, fit, widthOf } from './text.ts';
