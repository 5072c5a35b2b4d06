// In which of a few classes a count falls: attacks differ by powers of ten, and so do the classes.

/** As many as the eye tells apart in shades of one colour. */
export const CLASSES = 5;

/** Where each class begins: whole numbers that read well, from 1 on, at most `CLASSES` of them. */
export function classesOf(largest: number): number[] {
  const starts = [1];
  for (let index = 1; index < CLASSES; index += 1) {
    const start = readable(largest ** (index / CLASSES));
    if (start > (starts.at(-1) ?? 0) && start <= largest) starts.push(start);
  }
  return starts;
}

/** The class of a count, from 1 on; 0 for none. Few classes take the strong shades. */
export function classOf(count: number, starts: number[]): number {
  if (count <= 0) return 0;
  const below = starts.filter((start) => start <= count).length;
  return below + CLASSES - starts.length;
}

/** The nearest of 1, 2, 5, 10, 20, 50, …, at least 2. */
function readable(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  const step = [1, 2, 5, 10].reduce((best, each) =>
    Math.abs(each * power - value) < Math.abs(best * power - value) ? each : best,
  );
  return Math.max(2, step * power);
}
