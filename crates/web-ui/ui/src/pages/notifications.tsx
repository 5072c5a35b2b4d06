// Notifications: which rules send messages, through which channels, and what became of them. What the page is made of is
// loaded when it is opened.

import { PageHeading } from "../ui/heading.tsx";
import { onDemand } from "../ui/on-demand.tsx";

const Content = onDemand(async () => (await import("./notifications/content.tsx")).Content);

export function NotificationsPage() {
  return (
    <>
      <PageHeading title="Notifications" />
      <Content />
    </>
  );
}
