// The product's name.

export function Wordmark() {
  return (
    <span class="wordmark">
      Ban<b>GUI</b>
    </span>
  );
}
