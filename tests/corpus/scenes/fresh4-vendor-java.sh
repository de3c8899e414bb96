#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=vendor-cloud half=report tool=java far=out ready=out:443 seconds=16 parts=dns
# A program in Java asks the cloud of a maker of cameras (Wyze) for its devices, over HTTPS.
if [ "$1" = out ]; then exec timeout 40 "$(dirname "$0")/../far/tls-web.sh" api.wyzecam.com; fi
cat >"$LAB/Devices.java" <<'END'
import java.security.cert.X509Certificate;
import javax.net.ssl.*;
public class Devices {
	public static void main(String[] args) throws Exception {
		SSLContext c = SSLContext.getInstance("TLS");
		c.init(null, new TrustManager[] {new X509TrustManager() {
			public void checkClientTrusted(X509Certificate[] x, String a) { }
			public void checkServerTrusted(X509Certificate[] x, String a) { }
			public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; } }}, null);
		HttpsURLConnection.setDefaultSSLSocketFactory(c.getSocketFactory());
		int sum = 0;
		for (int n = 0; n < 3; n++) {
			sum += new java.net.URL("https://api.wyzecam.com/page?n=" + n).openStream().readAllBytes().length; Thread.sleep(2000);
		}
		System.exit(sum > 100000 ? 0 : 1);
	}
}
END
timeout 14 java "$LAB/Devices.java"
