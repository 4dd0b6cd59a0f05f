export function InstancesView() {
  return <p />;
}
