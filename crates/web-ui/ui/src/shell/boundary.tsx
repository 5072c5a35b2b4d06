// Keeps a page that cannot be drawn from taking the frame, and the way to the other pages, with it.

import type { ComponentChildren } from "preact";
import { useErrorBoundary } from "preact/hooks";
import { PageHeading } from "../ui/heading.tsx";
import { Failure } from "../ui/notice.tsx";

export function Boundary({ children }: { children: ComponentChildren }) {
  const [error, retry] = useErrorBoundary((error: unknown) => console.error(error));
  if (error === undefined) return <>{children}</>;
  return (
    <>
      <PageHeading title="This page failed" />
      <Failure
        title="The page could not be drawn. fail2ban and BanGUI's server are not affected."
        error={error}
        onRetry={retry}
      />
    </>
  );
}
