// An address that is no page.

import { href } from "../routes/routes.ts";
import { PageHeading } from "../ui/heading.tsx";
import { Notice } from "../ui/notice.tsx";

export function MissingPage({ path }: { path: string }) {
  return (
    <>
      <PageHeading title="No such page" />
      <Notice title={`There is nothing at ${path}.`}>
        <p>
          Go to the <a href={href({ page: "overview" })}>overview</a>.
        </p>
      </Notice>
    </>
  );
}
