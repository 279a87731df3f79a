import { useQuery } from '@tanstack/react-query';
import { clockQuery } from '../api/queries.ts';

/** The instant at which the service is, in milliseconds: its clock may be simulated, and the viewer's may be wrong. */
export function useServiceTime(): number {
  const { data } = useQuery(clockQuery);
  return data ? Date.parse(data.at) : Date.now();
}
