export function NewRequestView() {
  return <p />;
}
