// A table of rows that an operator compares: real headers, sorting, a skeleton while loading. On a narrow screen each
// row becomes a block (by the style sheet), so the roles are spelled out: a table that is not displayed as one loses them.

import { type ComponentChildren, Fragment } from "preact";

export interface Column<Row> {
  /** Its cells have the class `col-KEY`, so that the style sheet can place them. */
  key: string;
  head: string;
  cell: (row: Row) => ComponentChildren;
  numeric?: boolean;
  /** The header is for screen readers only, as over a column of buttons. */
  silent?: boolean;
  /** The column names the row. */
  names?: boolean;
  /** The sort that the header switches to and fro; `first` is the direction of the first press. */
  sort?: { key: string; first: "ascending" | "descending" };
}

interface TableProps<Row> {
  caption: string;
  /** Chooses the layout on narrow screens: `table-NAME`. */
  name: string;
  columns: Column<Row>[];
  /** Null while the first rows are on their way. */
  rows: Row[] | null;
  rowKey: (row: Row) => string | number;
  isFresh?: (row: Row) => boolean;
  /** What an open row shows below itself; null for one that is closed. */
  detail?: (row: Row) => ComponentChildren;
  /** As the API has it: "banned_at", or "-banned_at" for descending. */
  sort?: string;
  onSort?: (sort: string) => void;
  skeletonRows?: number;
}

export function Table<Row>(props: TableProps<Row>) {
  const { caption, name, columns, rows, rowKey, isFresh, detail, skeletonRows = 5 } = props;
  return (
    <div class="table-frame">
      <table role="table" class={`table table-${name}`} aria-busy={rows === null}>
        <caption class="unseen">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <Header key={column.key} column={column} {...props} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows === null
            ? Array.from({ length: skeletonRows }, (_, index) => <SkeletonRow key={index} columns={columns} />)
            : rows.map((row) => (
                <Fragment key={rowKey(row)}>
                  <tr role="row" class={isFresh?.(row) ? "fresh" : undefined}>
                    {columns.map((column) => (
                      <Cell key={column.key} column={column}>
                        {column.cell(row)}
                      </Cell>
                    ))}
                  </tr>
                  <Detail span={columns.length}>{detail?.(row)}</Detail>
                </Fragment>
              ))}
        </tbody>
      </table>
    </div>
  );
}

function Header<Row>({ column, sort, onSort }: { column: Column<Row> } & TableProps<Row>) {
  const { head, key, numeric, silent } = column;
  const classes = `col-${key}${numeric ? " numeric" : ""}`;
  if (column.sort === undefined || onSort === undefined) {
    return (
      <th role="columnheader" scope="col" class={classes}>
        <span class={silent ? "unseen" : undefined}>{head}</span>
      </th>
    );
  }
  const order = orderOf(sort, column.sort.key);
  const flipped = order === undefined ? column.sort.first : order === "ascending" ? "descending" : "ascending";
  const next = flipped === "descending" ? `-${column.sort.key}` : column.sort.key;
  return (
    <th role="columnheader" scope="col" class={classes} aria-sort={order ?? "none"}>
      <button type="button" class="sorter" onClick={() => onSort(next)}>
        {head}
        <span class="sort-mark" aria-hidden="true">
          {order === "ascending" ? "▲" : order === "descending" ? "▼" : "↕"}
        </span>
      </button>
    </th>
  );
}

function Cell<Row>({ column, children }: { column: Column<Row>; children?: ComponentChildren }) {
  const classes = `col-${column.key}${column.numeric ? " numeric" : ""}`;
  if (column.names) {
    return (
      <th role="rowheader" scope="row" class={classes}>
        {children}
      </th>
    );
  }
  return (
    <td role="cell" class={classes} data-label={column.silent ? undefined : column.head}>
      {children}
    </td>
  );
}

function Detail({ span, children }: { span: number; children?: ComponentChildren }) {
  if (children === null || children === undefined) return null;
  return (
    <tr role="row" class="detail">
      <td role="cell" colSpan={span}>
        {children}
      </td>
    </tr>
  );
}

function SkeletonRow<Row>({ columns }: { columns: Column<Row>[] }) {
  return (
    <tr role="row" class="skeleton" aria-hidden="true">
      {columns.map((column) => (
        <td role="cell" key={column.key} class={`col-${column.key}${column.numeric ? " numeric" : ""}`}>
          <span class="bone" />
        </td>
      ))}
    </tr>
  );
}

function orderOf(sort: string | undefined, key: string): "ascending" | "descending" | undefined {
  if (sort === key) return "ascending";
  return sort === `-${key}` ? "descending" : undefined;
}
