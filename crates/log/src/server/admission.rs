//! How many connections there may be: in all, from one address, and before they have authenticated.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::config::Limits;

/// Counts the connections of one server.
#[derive(Debug)]
pub(super) struct Admission {
    all_max: usize,
    per_ip_max: usize,
    unauthenticated_max: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    unauthenticated: usize,
    by_ip: HashMap<IpAddr, FromIp>,
}

/// The connections from one address.
#[derive(Debug, Clone, Copy, Default)]
struct FromIp {
    all: usize,
    unauthenticated: usize,
}

/// A connection that counts, until this is dropped.
#[derive(Debug)]
pub(super) struct Admitted {
    admission: Arc<Admission>,
    ip: Option<IpAddr>,
    unauthenticated: bool,
}

/// The limit that a connection would exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) limit: usize,
    /// The setting that changes it.
    pub(super) setting: &'static str,
}

impl Admission {
    pub(super) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            all_max: limits.connections_max,
            per_ip_max: limits.connections_per_ip_max,
            unauthenticated_max: limits.unauthenticated_connections_max,
            counts: Mutex::new(Counts::default()),
        })
    }

    /// Admits a connection from this address, which has yet to authenticate if `unauthenticated`. Of those, one address
    /// has at most half, so that it does not keep all others out.
    pub(super) fn admit(self: &Arc<Self>, ip: IpAddr, unauthenticated: bool) -> Result<Admitted, Refused> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let from_ip = counts.by_ip.get(&ip).copied().unwrap_or_default();
        for (count, limit, setting) in [
            (counts.all, self.all_max, "max.connections"),
            (from_ip.all, self.per_ip_max, "max.connections.per.ip"),
            (
                counts.unauthenticated * usize::from(unauthenticated),
                self.unauthenticated_max,
                "max.connections.unauthenticated",
            ),
            (
                from_ip.unauthenticated * usize::from(unauthenticated),
                self.unauthenticated_max.div_ceil(2),
                "max.connections.unauthenticated",
            ),
        ] {
            if count >= limit {
                return Err(Refused { limit, setting });
            }
        }
        counts.all += 1;
        counts.unauthenticated += usize::from(unauthenticated);
        let from_ip = counts.by_ip.entry(ip).or_default();
        from_ip.all += 1;
        from_ip.unauthenticated += usize::from(unauthenticated);
        Ok(Admitted { admission: Arc::clone(self), ip: Some(ip), unauthenticated })
    }

    /// How many connections there are, and how many of them have yet to authenticate.
    pub(super) fn counts(&self) -> (usize, usize) {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        (counts.all, counts.unauthenticated)
    }

    /// Admits a connection within the process.
    pub(super) fn admit_in_memory(self: &Arc<Self>) -> Admitted {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).all += 1;
        Admitted { admission: Arc::clone(self), ip: None, unauthenticated: false }
    }
}

impl Admitted {
    /// It has authenticated.
    pub(super) fn authenticated(&mut self) {
        if !std::mem::take(&mut self.unauthenticated) {
            return;
        }
        let mut counts = self.admission.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.unauthenticated -= 1;
        if let Some(from_ip) = self.ip.and_then(|ip| counts.by_ip.get_mut(&ip)) {
            from_ip.unauthenticated -= 1;
        }
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.authenticated();
        let mut counts = self.admission.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.all -= 1;
        let Some(ip) = self.ip else { return };
        if let Some(from_ip) = counts.by_ip.get_mut(&ip) {
            from_ip.all -= 1;
            if from_ip.all == 0 {
                counts.by_ip.remove(&ip);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting_of(refused: Result<Admitted, Refused>) -> &'static str {
        refused.expect_err("more than the limit were admitted").setting
    }

    #[test]
    fn a_connection_over_a_limit_is_refused_until_another_ends() {
        let limits = Limits {
            connections_max: 4,
            connections_per_ip_max: 2,
            unauthenticated_connections_max: 1,
            ..Limits::default()
        };
        let admission = Admission::new(&limits);
        let [here, there]: [IpAddr; 2] = [[127, 0, 0, 1].into(), [127, 0, 0, 2].into()];
        let mut first = admission.admit(here, true).unwrap();
        assert_eq!(setting_of(admission.admit(here, true)), "max.connections.unauthenticated");
        first.authenticated();
        let _second = admission.admit(here, true).unwrap();
        assert_eq!(setting_of(admission.admit(here, false)), "max.connections.per.ip");
        let _others = [there, there].map(|ip| admission.admit(ip, false).unwrap());
        assert_eq!(setting_of(admission.admit([10, 0, 0, 1].into(), false)), "max.connections");
        drop(first);
        let _third = admission.admit(here, false).unwrap();
    }

    #[test]
    fn one_address_has_at_most_half_of_those_that_have_yet_to_authenticate() {
        let limits = Limits { unauthenticated_connections_max: 5, ..Limits::default() };
        let admission = Admission::new(&limits);
        let [here, there]: [IpAddr; 2] = [[127, 0, 0, 1].into(), [127, 0, 0, 2].into()];
        let mut first: Vec<Admitted> = (0..3).map(|_| admission.admit(here, true).unwrap()).collect();
        assert_eq!(setting_of(admission.admit(here, true)), "max.connections.unauthenticated");
        let _friend = admission.admit(here, false).unwrap();
        let _others = [there, there].map(|ip| admission.admit(ip, true).unwrap());
        assert_eq!(setting_of(admission.admit(there, true)), "max.connections.unauthenticated");
        first[0].authenticated();
        let _next = admission.admit(here, true).unwrap();
        drop(first);
        assert_eq!(admission.counts(), (4, 3));
    }
}
