// The allowlist: what fail2ban must never ban. What the page is made of is loaded when it is opened.

import { PageHeading } from "../ui/heading.tsx";
import { onDemand } from "../ui/on-demand.tsx";

const Content = onDemand(async () => (await import("./allowlist/content.tsx")).Content);

export function AllowlistPage() {
  return (
    <>
      <PageHeading title="Allowlist" />
      <Content />
    </>
  );
}
