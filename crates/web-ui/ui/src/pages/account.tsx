// One's own account: where one is logged in, and the password.

import { listSessions } from "../api/endpoints.ts";
import { useResource } from "../state/resource.ts";
import { PageHeading } from "../ui/heading.tsx";
import { PasswordForm } from "./account/password-form.tsx";
import { Sessions } from "./account/sessions.tsx";

export function AccountPage({ user }: { user: string }) {
  const sessions = useResource("sessions", listSessions);
  return (
    <>
      <PageHeading title="Account">
        <span class="heading-kind">Account</span> {user}
      </PageHeading>
      <Sessions sessions={sessions} />
      <PasswordForm user={user} onChanged={sessions.reload} />
    </>
  );
}
