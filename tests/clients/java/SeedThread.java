import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The thread that Easel began with, in plain Java: java SeedThread.java BASE_URL API_KEY
 *
 * No library reads the JSON here: a few patterns find what the program needs. The client
 * is the default one, which asks for HTTP/2 with its first request.
 */
public class SeedThread {
    private static final String TOOL = """
        {"type": "function", "function": {"name": "create_image",
          "description": "Create an image from a prompt.",
          "parameters": {"type": "object", "properties": {
            "prompt": {"type": "string"}, "model": {"type": "string"},
            "size": {"type": ["string", "null"]}}, "required": ["prompt"]}}}""";

    private final HttpClient http = HttpClient.newHttpClient();
    private final String base;
    private final String key;

    SeedThread(String base, String key) {
        this.base = base;
        this.key = key;
    }

    public static void main(String[] arguments) {
        String line;
        try {
            line = "{\"story\": \"seed_thread\", \"saw\": "
                + new SeedThread(arguments[0], arguments[1]).tell() + "}";
        } catch (Exception error) {
            line = "{\"story\": \"seed_thread\", \"broke\": " + quote(error.toString()) + "}";
        }
        System.out.println(line);
    }

    private String tell() throws Exception {
        String assistant = find("id", post("/assistants",
            "{\"model\": \"sun-caller\", \"tools\": [" + TOOL + "]}"));
        String thread = find("id", post("/threads", "{}"));
        post("/threads/" + thread + "/messages",
            "{\"role\": \"user\", \"content\": \"Please draw a bright sun.\"}");

        List<String> names = new ArrayList<>();
        String[] paused = new String[1];
        stream("/threads/" + thread + "/runs",
            "{\"assistant_id\": \"" + assistant + "\", \"stream\": true}",
            event -> {
                names.add(event.name);
                if (event.name.equals("thread.run.requires_action")) {
                    paused[0] = event.data;
                }
            });

        String run = find("id", paused[0]);
        String call = match("\"(call_[^\"]*)\"", paused[0]);
        // The call's arguments, as they are, are the request for the picture.
        String made = post("/images/generations", unquote(find("arguments", paused[0])));
        byte[] picture = download(unquote(find("url", made)));

        List<String> rest = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        stream("/threads/" + thread + "/runs/" + run + "/submit_tool_outputs",
            "{\"stream\": true, \"tool_outputs\": [{\"tool_call_id\": \"" + call
                + "\", \"output\": " + quote(made) + "}]}",
            event -> {
                rest.add(event.name);
                if (event.name.equals("thread.message.delta")) {
                    text.append(unquote(find("value", event.data)));
                }
            });
        return "{\"names\": " + list(names) + ", \"rest\": " + list(rest)
            + ", \"text\": " + quote(text.toString())
            + ", \"bytes\": " + picture.length
            + ", \"is_png\": " + (picture[1] == 'P' && picture[2] == 'N') + "}";
    }

    private record Event(String name, String data) {}

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .header("X-Story", "seed_thread");
    }

    private String post(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
            request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
            HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    /** Read the answer to a POST line by line, as events. */
    private void stream(String path, String body, Consumer<Event> each)
            throws IOException, InterruptedException {
        HttpResponse<Stream<String>> answer = http.send(
            request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
            HttpResponse.BodyHandlers.ofLines());
        if (answer.statusCode() != 200) {
            throw new IOException(path + ": " + answer.statusCode());
        }
        String[] name = {""};
        answer.body().forEach(line -> {
            if (line.startsWith("event: ")) {
                name[0] = line.substring(7);
            } else if (line.startsWith("data: ")) {
                each.accept(new Event(name[0], line.substring(6)));
            }
        });
    }

    private byte[] download(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        return http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
    }

    /** The first string of this name, its escapes untouched. */
    private static String find(String name, String json) {
        return match("\"" + name + "\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"", json);
    }

    private static String match(String pattern, String text) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        if (!found.find()) {
            throw new IllegalStateException(pattern + " is not in " + text);
        }
        return found.group(1);
    }

    private static String unquote(String text) {
        return text.replace("\\n", "\n").replace("\\\"", "\"").replace("\\/", "/")
            .replace("\\\\", "\\");
    }

    private static String quote(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"")
            .replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + "\"";
    }

    private static String list(List<String> names) {
        return "[" + String.join(", ", names.stream().map(SeedThread::quote).toList()) + "]";
    }
}
