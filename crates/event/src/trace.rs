//! The trace that an event belongs to (W3C Trace Context, level 1, and the CloudEvents extension "distributed
//! tracing").
//!
//! It is passed through: checked, never changed, and nothing here starts a trace. What is not valid is left
//! out, as the W3C asks ("must ignore"): a broken trace is never a reason to refuse an event.

use std::borrow::Cow;

/// Bytes of a `traceparent` of version 00: `00-<32 hex>-<16 hex>-<2 hex>`.
const TRACEPARENT_BYTES: usize = 55;

/// `traceparent` and `tracestate`. The second has no meaning without the first, so they stand and fall
/// together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TraceContext<'a> {
    traceparent: Cow<'a, str>,
    tracestate: Option<Cow<'a, str>>,
}

impl<'a> TraceContext<'a> {
    /// Takes a `traceparent`. `None` if it is not valid: see W3C Trace Context, 3.2. One of a later version
    /// than 00 is taken if it begins as version 00 does.
    ///
    /// ```
    /// # use watershed_event::trace::TraceContext;
    /// let trace = TraceContext::new("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    /// assert_eq!(trace.map(|trace| trace.trace_id().to_owned()).as_deref(), Some("0af7651916cd43dd8448eb211c80319c"));
    /// assert_eq!(TraceContext::new("00-00000000000000000000000000000000-b7ad6b7169203331-01"), None);
    /// ```
    #[must_use]
    pub fn new(traceparent: impl Into<Cow<'a, str>>) -> Option<Self> {
        let traceparent = traceparent.into();
        is_traceparent(traceparent.as_bytes()).then_some(Self { traceparent, tracestate: None })
    }

    /// Adds a `tracestate`. One that is empty or not printable ASCII is left out; its list is not looked into.
    #[must_use]
    pub fn with_tracestate(mut self, tracestate: impl Into<Cow<'a, str>>) -> Self {
        let tracestate = tracestate.into();
        let printable = tracestate.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        self.tracestate = (printable && !tracestate.is_empty()).then_some(tracestate);
        self
    }

    /// The `traceparent`, as it came.
    #[must_use]
    pub fn traceparent(&self) -> &str {
        &self.traceparent
    }

    /// The `tracestate`, as it came.
    #[must_use]
    pub fn tracestate(&self) -> Option<&str> {
        self.tracestate.as_deref()
    }

    /// The trace's id: 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(&self) -> &str {
        &self.traceparent[3..35]
    }

    /// A context that borrows nothing.
    #[must_use]
    pub fn into_owned(self) -> TraceContext<'static> {
        TraceContext {
            traceparent: Cow::Owned(self.traceparent.into_owned()),
            tracestate: self.tracestate.map(|tracestate| Cow::Owned(tracestate.into_owned())),
        }
    }
}

fn is_traceparent(text: &[u8]) -> bool {
    let Some((start, rest)) = text.split_at_checked(TRACEPARENT_BYTES) else { return false };
    let [version, trace_id, parent_id, flags] = [&start[..2], &start[3..35], &start[36..52], &start[53..]];
    let hex = |field: &[u8]| field.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let zero = |field: &[u8]| field.iter().all(|&byte| byte == b'0');
    let end = match rest {
        [] => true,
        [b'-', rest @ ..] => version != b"00" && rest.iter().all(|byte| matches!(byte, b'!'..=b'~')),
        _ => false,
    };
    let dashes = [2, 35, 52].into_iter().all(|index| start[index] == b'-');
    let fields = hex(version) && hex(trace_id) && hex(parent_id) && hex(flags);
    dashes && fields && end && version != b"ff" && !zero(trace_id) && !zero(parent_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

    #[test]
    fn only_a_valid_traceparent_is_taken() {
        let check = |text: &str, valid: bool| {
            let taken = TraceContext::new(text);
            assert_eq!(taken.is_some(), valid, "{text:?}");
            if let Some(taken) = taken {
                assert_eq!((taken.traceparent(), taken.trace_id()), (text, TRACE));
            }
        };
        check(&format!("00-{TRACE}-b7ad6b7169203331-01"), true);
        check(&format!("00-{TRACE}-b7ad6b7169203331-ff"), true);
        check(&format!("cc-{TRACE}-b7ad6b7169203331-01"), true);
        check(&format!("cc-{TRACE}-b7ad6b7169203331-01-what.the.future"), true);
        check(&format!("00-{TRACE}-b7ad6b7169203331-01-more"), false);
        check(&format!("cc-{TRACE}-b7ad6b7169203331-01more"), false);
        check(&format!("cc-{TRACE}-b7ad6b7169203331-01-\n"), false);
        check(&format!("ff-{TRACE}-b7ad6b7169203331-01"), false);
        check(&format!("00-{TRACE}-0000000000000000-01"), false);
        check(&format!("00-{}-b7ad6b7169203331-01", "0".repeat(32)), false);
        check(&format!("00-{}-b7ad6b7169203331-01", TRACE.to_uppercase()), false);
        check(&format!("00-{TRACE}-b7ad6b7169203331-0"), false);
        check(&format!("00_{TRACE}_b7ad6b7169203331_01"), false);
        check(&format!("00-{TRACE}-b7ad6b716920333é-01"), false);
        check("", false);
    }

    #[test]
    fn a_tracestate_that_is_not_printable_is_left_out() {
        let trace = TraceContext::new(format!("00-{TRACE}-b7ad6b7169203331-01")).unwrap();
        for (text, expected) in [("a=1,b=2", Some("a=1,b=2")), ("", None), ("a=\n", None), ("a=é", None)] {
            assert_eq!(trace.clone().with_tracestate(text).tracestate(), expected);
        }
    }
}
